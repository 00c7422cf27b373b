import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { MongoClientOptions } from "mongodb";

/** What the client has to know to connect by TLS. Nothing here ever makes it look less closely. */
export function tlsOptions(
  caFile: string | undefined,
  clientFile: string | undefined,
): MongoClientOptions {
  return {
    // With an authority of our own TLS has to be asked for: a file alone does not switch
    // it on. Without one it is as the address says, with the roots that Node knows.
    ...(caFile && { tls: true, tlsCAFile: withCertificates(caFile) }),
    // The key and the certificate by which the database knows us, both in one file.
    ...(clientFile && { tls: true, tlsCertificateKeyFile: clientFile }),
  };
}

/**
 * The same path, when there are certificates in the file. Whatever else is in it would be
 * taken without a word, and much later every certificate would be refused.
 *
 * @throws when the file cannot be read, or holds something else
 */
function withCertificates(file: string): string {
  try {
    // Reads the first one. A key, or any other text, is none.
    new X509Certificate(readFileSync(file));
  } catch {
    throw new Error("TLS_CA_FILE is not the path of a file with certificates");
  }
  return file;
}

/**
 * The code that Node or OpenSSL gave to a failure of TLS, such as CERT_HAS_EXPIRED, or
 * nothing when it was another failure. The driver wraps what has happened, several times.
 */
export function tlsCodeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    // The driver's own errors have numbers.
    const { code } = at as Error & { code?: unknown };
    if (typeof code === "string" && isTls(code)) return code;
  }
  return undefined;
}

function isTls(code: string): boolean {
  // Codes of OpenSSL's look at a certificate, and those of the conversation itself.
  return /CERT|SELF_SIGNED|ISSUER|LEAF|INVALID_(CA|PURPOSE)|ERR_(SSL|TLS|OSSL)_/.test(
    code,
  );
}
