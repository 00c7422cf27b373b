import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync, chmodSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const { positionals } = parseArgs({ allowPositionals: true });
const directory = resolve(positionals[0] ?? "certificates");

const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const [caKeys, serverKeys] = await Promise.all([keyPair(), keyPair()]);
const soon = new Date(Date.now() + 30 * 86_400_000);
const anHourAgo = new Date(Date.now() - 3_600_000);
const common = {
  notBefore: anHourAgo,
  notAfter: soon,
  signingAlgorithm: rsa,
};

const root = await X509CertificateGenerator.createSelfSigned({
  ...common,
  name: "O=Café Paradiso, CN=Root of the café",
  keys: caKeys,
  extensions: [new BasicConstraintsExtension(true)],
});
const leaf = await X509CertificateGenerator.create({
  ...common,
  subject: "O=Café Paradiso",
  issuer: root.subjectName,
  publicKey: serverKeys.publicKey,
  signingKey: caKeys.privateKey,
  extensions: leafExtensions(),
});

mkdirSync(directory, { recursive: true });
const save = (file: string, text: string, mode = 0o644) => {
  const path = resolve(directory, file);
  writeFileSync(path, text);
  chmodSync(path, mode);
};
save("ca.crt", root.toString());
save("server.crt", leaf.toString());
save("server.key", await pkcs8(serverKeys), 0o600);
// Kept, to sign the next one with, and for nobody else's eyes.
save("ca.key", await pkcs8(caKeys), 0o600);

function leafExtensions(): Extension[] {
  const names = new SubjectAlternativeNameExtension([
    { type: "ip", value: "::1" },
    { type: "ip", value: "127.0.0.1" },
    { type: "dns", value: "*.cafe.example" },
    { type: "dns", value: "localhost" },
  ]);
  const { serverAuth, clientAuth } = ExtendedKeyUsage;
  return [names, new ExtendedKeyUsageExtension([clientAuth, serverAuth])];
}

function keyPair() {
  return crypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
}

async function pkcs8({ privateKey }: { privateKey: webcrypto.CryptoKey }) {
  const bytes = await crypto.subtle.exportKey("pkcs8", privateKey);
  return PemConverter.encode(bytes, "PRIVATE KEY");
}
