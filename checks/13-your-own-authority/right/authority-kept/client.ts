import { readFileSync } from "node:fs";
import { type Socket, io } from "socket.io-client";

type Outcome = (error: unknown, socket?: Socket) => void;

function attempt(url: string, caFile: string, done: Outcome): void {
  const socket = io(url, {
    ca: readFileSync(caFile),
    transports: ["polling"],
    forceNew: true,
    // Buffers are taken, though the types say text.
  } as object);
  socket.on("connect", () => done(null, socket));
  socket.on("connect_error", (error) => {
    socket.close();
    const { context } = error as { context?: { statusText?: Error } };
    const { code } = (context?.statusText ?? {}) as NodeJS.ErrnoException;
    done(Object.assign(new Error(`no connection: ${code}`), { code }));
  });
}

export function connectClient(url: string, caFile: string) {
  return new Promise<Socket>((resolve, reject) => {
    attempt(url, caFile, (error, socket) =>
      socket ? resolve(socket) : reject(error),
    );
  });
}
