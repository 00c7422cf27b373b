import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { MongoClientOptions } from "mongodb";

/** What the client has to know to connect by TLS. */
export function tlsOptions(
  caFile: string | undefined,
  clientFile: string | undefined,
): MongoClientOptions {
  const options: MongoClientOptions = {};
  if (caFile !== undefined) {
    options.tls = true;
    options.ca = certificatesIn(caFile);
  }
  if (clientFile !== undefined) {
    options.tls = true;
    // Both are in it, and each reader takes what it needs.
    const both = readFileSync(clientFile);
    options.cert = both;
    options.key = both;
  }
  return options;
}

/** @throws when the file cannot be read, or holds something else */
function certificatesIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const blocks = text.match(
    /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs,
  );
  if (blocks === null) throw new Error(`there is no certificate in ${file}`);
  for (const block of blocks) new X509Certificate(block);
  return blocks;
}

/** The innermost error that has a code, if that is one of TLS. */
export function tlsCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = tlsCodeOf(error.cause);
  if (inner !== undefined) return inner;
  const { code } = error as NodeJS.ErrnoException;
  const isSystems = code === undefined || /^E[A-Z]+$/.test(code);
  return typeof code === "string" && !isSystems ? code : undefined;
}
