import { X509Certificate, createPrivateKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type CertificateKind, certificates } from "./authority.ts";
import { handshakeCode } from "./tls-handshake.ts";

/** What Node's TLS says to a server with that certificate. */
async function verdict(
  kind: CertificateKind,
  { host = "localhost", ca }: { host?: string; ca?: string } = {},
): Promise<string | null> {
  const trusted = ca ?? (await certificates.authority()).certificate;
  return handshakeCode(await certificates.of(kind), { ca: trusted, host });
}

describe("to Node's TLS", () => {
  test.each([
    ["right", null],
    ["rsa", null],
    ["expired", "CERT_HAS_EXPIRED"],
    ["not-yet-valid", "CERT_NOT_YET_VALID"],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["untrusted", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["client", "INVALID_PURPOSE"],
  ] as const)("a server with the %s certificate is %s", async (kind, code) => {
    expect(await verdict(kind)).toBe(code);
  });

  test.each(["127.0.0.1", "::1"])(
    "the right certificate holds for %s as well",
    async (host) => {
      expect(await verdict("right", { host })).toBe(null);
    },
  );

  test("the wrong host's is in order but for its name", async () => {
    expect(await verdict("wrong-host", { host: "tea.example" })).toBe(null);
  });

  test("the untrusted one is in order for those who trust its authority", async () => {
    const { certificate } = await certificates.otherAuthority();
    expect(await verdict("untrusted", { ca: certificate })).toBe(null);
  });
});

describe("certificates", () => {
  test("are made once", async () => {
    expect(await certificates.of("right")).toBe(await certificates.of("right"));
    expect(await certificates.authority()).toBe(await certificates.authority());
  });

  test("belong to their keys, and differ", async () => {
    const kinds = ["right", "expired", "wrong-host", "untrusted"] as const;
    const identities = await Promise.all(
      kinds.map((kind) => certificates.of(kind)),
    );
    for (const { certificate, key } of identities)
      expect(
        new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)),
      ).toBe(true);
    expect(new Set(identities.map(({ key }) => key)).size).toBe(kinds.length);
  });

  test("name their authority, which is one, and are none themselves", async () => {
    const authority = new X509Certificate(
      (await certificates.authority()).certificate,
    );
    const { certificate } = await certificates.of("right");
    const leaf = new X509Certificate(certificate);
    expect(authority.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe(
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    );
  });
});
