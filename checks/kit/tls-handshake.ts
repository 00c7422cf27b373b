import { once } from "node:events";
import { type AddressInfo, connect as connectLine } from "node:net";
import { type TLSSocket, connect, createServer } from "node:tls";
import type { Identity } from "./authority.ts";

/**
 * What Node says when it meets a server with that certificate: a code such as
 * `ERR_TLS_CERT_ALTNAME_INVALID`, or `null` if it is content.
 *
 * @param options `ca` is what it trusts, as a PEM text; `host` whom it believes to talk to
 */
export async function handshakeCode(
  { certificate, key }: Identity,
  { ca, host }: { ca: string; host: string },
): Promise<string | null> {
  const server = createServer({ cert: certificate, key });
  // A client that refuses goes away in the middle of it.
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // Node compares the certificate with `host`, wherever the connection goes.
  const line = connectLine(port, "127.0.0.1");
  const client = connect({ socket: line, host, ca });
  try {
    return await verdictOf(client);
  } finally {
    line.destroy();
    server.close();
  }
}

function verdictOf(client: TLSSocket): Promise<string | null> {
  return new Promise((resolve) => {
    client.once("secureConnect", () => resolve(null));
    client.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? error.message),
    );
  });
}
