import { MongoClient } from "mongodb";
import { afterAll, describe, expect, test } from "vitest";
import { tlsCodeOf } from "../../solutions/14-mongodb-over-tls/tls.ts";
import { type Identity, certificates } from "../kit/authority.ts";
import { CertificateFiles } from "../kit/certificate-files.ts";
import { openTlsFront } from "../kit/tls-front.ts";

// The codes in the lesson's README, as they come through the driver, and out of it again by the solution.

/** Nothing listens there: it is a port that nobody gives away. */
const NO_PORT = 1;

const files = new CertificateFiles();
afterAll(() => files.remove());

/** What the solution makes of the error of a client that connects to that port. */
async function codeAt(port: number): Promise<string | undefined> {
  const { certificate } = await certificates.authority();
  const client = new MongoClient(
    `mongodb://127.0.0.1:${port}/?directConnection=true`,
    {
      tls: true,
      tlsCAFile: await files.file(certificate),
      serverSelectionTimeoutMS: 1_000,
    },
  );
  try {
    await client.connect();
  } catch (error) {
    return tlsCodeOf(error);
  } finally {
    await client.close();
  }
  throw new Error("it connected");
}

async function codeFor(
  identity: Identity,
  clientCa?: string,
): Promise<string | undefined> {
  // Nothing is behind it: nobody gets so far.
  const front = await openTlsFront({ port: NO_PORT }, { identity, clientCa });
  try {
    return await codeAt(front.port);
  } finally {
    await front.close();
  }
}

describe("the code", () => {
  test.each([
    ["untrusted", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["expired", "CERT_HAS_EXPIRED"],
    ["not-yet-valid", "CERT_NOT_YET_VALID"],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["client", "INVALID_PURPOSE"],
  ] as const)("of a certificate that is %s is %s", async (kind, code) => {
    expect(await codeFor(await certificates.of(kind))).toBe(code);
  });

  test("of an unknown root that comes along is SELF_SIGNED_CERT_IN_CHAIN", async () => {
    const { certificate, key } = await certificates.of("untrusted");
    const root = (await certificates.otherAuthority()).certificate;
    const identity = { certificate: certificate + root, key };
    expect(await codeFor(identity)).toBe("SELF_SIGNED_CERT_IN_CHAIN");
  });

  test("of a database that asks who comes is ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", async () => {
    const { certificate } = await certificates.authority();
    const code = await codeFor(await certificates.of("right"), certificate);
    expect(code).toBe("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
  });

  test("of a database that nobody listens for is none", async () => {
    expect(await codeAt(NO_PORT)).toBeUndefined();
  });
});
