import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

const folder = process.argv[2] ?? "certs";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 60 * 60;
const critical = true;

const ca = await makeAuthority();
const server = await makeServerCertificate(ca);

await mkdir(folder, { recursive: true });
await write("ca.crt", ca.certificate.toString("pem"));
await write("server.crt", server.certificate.toString("pem"));
await write("server.key", await privatePem(server.keys.privateKey));
console.log(`ca.crt, server.crt and server.key are in ${folder}.`);

async function makeAuthority() {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=My own authority",
    ...validFor(90),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, critical),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, critical),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function makeServerCertificate(
  authority: Awaited<ReturnType<typeof makeAuthority>>,
) {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: authority.certificate.subject,
    ...validFor(90),
    signingAlgorithm: algorithm,
    signingKey: authority.keys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, critical),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature,
        critical,
      ),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
    ],
  });
  return { certificate, keys };
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validFor(days: number) {
  const notBefore = new Date();
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY) };
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey("pkcs8", key);
  return x509.PemConverter.encode(bytes, "PRIVATE KEY");
}

async function write(name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await rm(path, { force: true });
  const mode = name.endsWith(".key") ? 0o600 : 0o644;
  await writeFile(path, `${text}\n`, { mode });
}
