import { readFile } from "node:fs/promises";
import { type Socket, io } from "socket.io-client";

export async function connectClient(
  url: string,
  caFile: string,
): Promise<Socket> {
  const ca = await readFile(caFile, "utf8");
  const socket = io(url, { ca });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("connect_error", (error) => {
      socket.disconnect();
      reject(Object.assign(causeOf(error), { code: "TLS_FAILED" }));
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
