import { readFile } from "node:fs/promises";
import { type Socket, io } from "socket.io-client";

/**
 * Connects to a server for which the authority in `caFile` vouches, and to no other.
 *
 * It rejects with Node's own error: its `code` says why, such as `CERT_HAS_EXPIRED`.
 */
export async function connectClient(
  url: string,
  caFile: string,
): Promise<Socket> {
  // These are the authorities to trust, instead of those that Node knows by itself.
  const ca = await readFile(caFile, "utf8");
  const socket = io(url, { ca });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("connect_error", (error) => {
      // It would try again in the background, for ever.
      socket.disconnect();
      reject(causeOf(error));
    });
  });
}

/**
 * Socket.IO says only that the transport failed. The error of the line is inside, by
 * polling in one place and by websocket in another.
 */
function causeOf(error: Error): Error {
  const { context, description } = error as {
    context?: { statusText?: unknown };
    description?: { error?: unknown };
  };
  const causes = [context?.statusText, description?.error];
  return causes.find((cause) => cause instanceof Error) ?? error;
}

// By hand: npx tsx client.ts https://localhost:3000 certs/ca.crt
if (process.argv[1] === import.meta.filename) {
  const [, , url = "https://localhost:3000", caFile = "certs/ca.crt"] =
    process.argv;
  try {
    const socket = await connectClient(url, caFile);
    console.log(`Connected, as ${socket.id}.`);
    socket.disconnect();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(`Not connected. ${code}: ${message}`);
    process.exitCode = 1;
  }
}
