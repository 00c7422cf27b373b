import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { access, chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
const target = process.argv.at(-1) as string;
// The authority lives beside the folder, so that a new server certificate is trusted at once.
const store = join(dirname(target), "authority");

const { subtle } = webcrypto;

type Authority = {
  certificate: x509.X509Certificate;
  key: webcrypto.CryptoKey;
};

async function authority(): Promise<Authority> {
  const certificateFile = join(store, "certificate.pem");
  const keyFile = join(store, "key.pem");
  const isThere = await access(keyFile).then(
    () => true,
    () => false,
  );
  if (isThere)
    return {
      certificate: new x509.X509Certificate(
        await readFile(certificateFile, "utf8"),
      ),
      key: await subtle.importKey(
        "pkcs8",
        x509.PemConverter.decodeFirst(await readFile(keyFile, "utf8")),
        ALGORITHM,
        true,
        ["sign"],
      ),
    };
  const keys = await pair();
  const usages = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ["Authority of this desk"] }],
    notAfter: new Date(Date.now() + 1000 * 86_400_000),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(usages.keyCertSign | usages.cRLSign, true),
    ],
  });
  await mkdir(store, { recursive: true, mode: 0o700 });
  await writeFile(certificateFile, certificate.toString("pem"));
  await writeFile(keyFile, await keyText(keys.privateKey), { mode: 0o600 });
  return { certificate, key: keys.privateKey };
}

async function serverFor({ certificate, key }: Authority) {
  const keys = await pair();
  const days = 89.5;
  const issued = await x509.X509CertificateGenerator.create({
    subject: "CN=localhost, OU=13",
    issuer: certificate.subject,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + days * 86_400_000),
    signingKey: key,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"], true),
      new x509.SubjectAlternativeNameExtension(
        [
          { type: "dns", value: "localhost" },
          { type: "ip", value: "127.0.0.1" },
          { type: "ip", value: "::1" },
        ],
        true,
      ),
    ],
  });
  return [issued.toString("pem"), await keyText(keys.privateKey)] as const;
}

const pair = () => subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

const keyText = async (key: webcrypto.CryptoKey) =>
  x509.PemConverter.encode(await subtle.exportKey("pkcs8", key), "PRIVATE KEY");

async function main() {
  const ours = await authority();
  const [certificate, key] = await serverFor(ours);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, "ca.crt"), ours.certificate.toString("pem"));
  await writeFile(join(target, "server.crt"), certificate);
  await writeFile(join(target, "server.key"), key);
  await chmod(join(target, "server.key"), 0o600);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
