import { X509Certificate } from "node:crypto";
import { get } from "node:http";
import { type ConnectionOptions, type TLSSocket, connect } from "node:tls";
import { patiently } from "../kit/patience.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { Unmet } from "../kit/unmet.ts";

/** What came of trying to speak TLS with a server. */
type Handshake =
  { certificate: X509Certificate; protocol: string } | { code: string };

export const NOT_THE_ONE_GIVEN = "another certificate";

/**
 * Looks which certificate the server shows.
 *
 * @throws {Unmet} when it is not that one
 */
export async function assertShows(
  server: ServerProcess,
  certificate: X509Certificate,
): Promise<void> {
  const handshake = await speakTls(server, {});
  const what = "the server shows the certificate in TLS_CERT_FILE";
  if ("code" in handshake) throw new Unmet(what, handshake.code);
  if (handshake.certificate.fingerprint256 !== certificate.fingerprint256)
    throw new Unmet(what, NOT_THE_ONE_GIVEN);
}

/** @throws {Unmet} when a client that knows nothing newer than TLS 1.1 can speak with the server */
export async function assertOldTlsRefused(
  server: ServerProcess,
): Promise<void> {
  const handshake = await speakTls(server, {
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    // At its usual level OpenSSL itself refuses to speak so old a language.
    ciphers: "DEFAULT:@SECLEVEL=0",
  });
  if ("code" in handshake) return;
  throw new Unmet(
    "a client that knows only TLS 1.1 is refused",
    `the server speaks ${handshake.protocol} with it`,
  );
}

function speakTls(
  server: ServerProcess,
  options: ConnectionOptions,
): Promise<Handshake> {
  const { hostname } = new URL(server.url);
  const client = connect({
    ...options,
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: server.port,
    ca: server.ca,
  });
  return patiently(server, handshakeOf(client), () => ({
    code: "no answer",
  })).finally(() => client.destroy());
}

function handshakeOf(client: TLSSocket): Promise<Handshake> {
  return new Promise((resolve) => {
    client.once("secureConnect", () => {
      const certificate = client.getPeerX509Certificate();
      if (certificate === undefined) resolve({ code: "no certificate" });
      else
        resolve({ certificate, protocol: client.getProtocol() ?? "something" });
    });
    client.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ code: error.code ?? error.message }),
    );
  });
}

/** @throws {Unmet} when the server answers a request that comes without TLS */
export async function assertPlainHttpUnanswered(
  server: ServerProcess,
): Promise<void> {
  const url = new URL("/health", server.url);
  url.protocol = "http:";
  const status = await patiently(server, plainStatus(url), () => null);
  if (status !== 200) return;
  throw new Unmet(
    "whoever asks for GET /health in plain http gets no 200",
    "status 200",
    { status },
  );
}

/** @returns `null` when there was no answer */
function plainStatus(url: URL): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false }, (answer) => {
      answer.destroy();
      resolve(answer.statusCode ?? null);
    });
    asked.on("error", () => resolve(null));
  });
}
