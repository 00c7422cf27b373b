import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { Manager, type Socket } from "socket.io-client";

/** The café's authority is trusted beside those that Node knows. */
export const connectClient = async (
  url: string,
  caFile: string,
): Promise<Socket> => {
  const own = await readFile(caFile, "utf8");
  const manager = new Manager(url, {
    ca: [own, ...rootCertificates],
    transports: ["websocket"],
    reconnection: false,
    autoConnect: false,
  });
  const socket = manager.socket("/");
  const { promise, resolve, reject } = deferred<Socket>();
  socket.on("connect", () => resolve(socket));
  manager.on("error", (error) => {
    const { description } = error as { description?: { error?: unknown } };
    reject(description?.error ?? error);
  });
  socket.connect();
  return promise;
};

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
