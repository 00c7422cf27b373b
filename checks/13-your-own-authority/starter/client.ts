import type { Socket } from "socket.io-client";

/**
 * Connects to a server for which the authority in `caFile` vouches, and to no other.
 *
 * It rejects with an error whose `code` is Node's, such as `CERT_HAS_EXPIRED`.
 */
export async function connectClient(
  url: string,
  caFile: string,
): Promise<Socket> {
  // TODO(13): connect to `url`, trust the certificate in `caFile`, and give the socket once it
  // is connected. If that fails, reject with an error whose `code` says why.
  throw new Error(`not yet: ${url}, ${caFile}`);
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
