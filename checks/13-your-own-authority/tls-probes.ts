import { get } from "node:http";
import { type ConnectionOptions, connect } from "node:tls";
import { patiently } from "../kit/patience.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { Unmet } from "../kit/unmet.ts";

/** @throws {Unmet} when a client that knows nothing newer than TLS 1.1 can speak with the server */
export async function assertOldTlsRefused(
  server: ServerProcess,
): Promise<void> {
  const protocol = await protocolSpoken(server, {
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    // At its usual level OpenSSL itself refuses to speak so old a language.
    ciphers: "DEFAULT:@SECLEVEL=0",
  });
  if (protocol === null) return;
  throw new Unmet(
    "a client that knows only TLS 1.1 is refused",
    `the server speaks ${protocol} with it`,
  );
}

/** Tries to speak TLS with the server; `null` when that fails. */
function protocolSpoken(
  server: ServerProcess,
  options: ConnectionOptions,
): Promise<string | null> {
  const host = new URL(server.url).hostname.replaceAll(/[[\]]/g, "");
  const client = connect({
    ...options,
    host,
    port: server.port,
    ca: server.ca,
  });
  const spoken = new Promise<string | null>((resolve) => {
    client.once("secureConnect", () => resolve(client.getProtocol()));
    client.on("error", () => resolve(null));
  });
  return patiently(server, spoken, () => null).finally(() => client.destroy());
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
