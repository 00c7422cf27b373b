import { type Socket, io } from "socket.io-client";

export async function connectClient(
  url: string,
  caFile: string,
): Promise<Socket> {
  process.env.NODE_EXTRA_CA_CERTS = caFile;
  const socket = io(url);
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("connect_error", (error) => {
      socket.disconnect();
      reject(causeOf(error));
    });
  });
}

function causeOf(error: Error): Error {
  const { context, description } = error as {
    context?: { statusText?: unknown };
    description?: { error?: unknown };
  };
  const causes = [context?.statusText, description?.error];
  return causes.find((cause) => cause instanceof Error) ?? error;
}
