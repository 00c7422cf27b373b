import { readFile } from "node:fs/promises";
import type { TLSSocket } from "node:tls";
import { type Socket, io } from "socket.io-client";

export async function connectClient(
  url: string,
  caFile: string,
): Promise<Socket> {
  const ca = await readFile(caFile, "utf8");
  const socket = io(url, {
    ca,
    transports: ["websocket"],
    rejectUnauthorized: false,
  });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => {
      const { ws } = socket.io.engine.transport as never as {
        ws: { _socket: TLSSocket };
      };
      const { authorized, authorizationError } = ws._socket;
      if (authorized) return resolve(socket);
      socket.disconnect();
      const code = String(authorizationError);
      reject(Object.assign(new Error("refused"), { code }));
    });
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
