import { readFileSync } from "node:fs";
import { type Socket, io } from "socket.io-client";

export function connectClient(url: string, caFile: string): Socket {
  return io(url, { ca: readFileSync(caFile, "utf8") });
}
