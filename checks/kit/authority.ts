import { webcrypto } from "node:crypto";

/** A certificate and the private key that belongs to it, both as PEM texts. */
export interface Identity {
  certificate: string;
  key: string;
}

/** What a certificate is to say. */
export interface Wish {
  /** Whose it is: the common name of its subject. */
  name: string;
  /** Host names that it holds for. */
  hosts?: readonly string[];
  /** IP addresses that it holds for. */
  addresses?: readonly string[];
  /** From when to when it is valid, in days from now; yesterday to 89 days ahead unless given. */
  days?: readonly [from: number, to: number];
  /** What it may be used for; serving unless given. */
  purpose?: "server" | "client";
  /** The kind of its keys; the quick one, on an elliptic curve, unless given. */
  keys?: KeyKind;
}

export type KeyKind = "EC" | "RSA";

const DAY = 86_400_000;

const algorithms = {
  EC: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  RSA: {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  },
} as const;

/** The library takes a while to load, and most lessons need no certificates. */
async function loadX509() {
  // What the library is built on looks for this when it is loaded.
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

/** A certificate authority of the checks' own: nobody trusts it who has not been told to. */
export class Authority {
  /** Its own certificate, as a PEM text: what clients are given to trust. */
  readonly certificate: string;
  readonly #keys: webcrypto.CryptoKeyPair;

  /** @param name what it is called in the certificates that it issues */
  static async create(name: string): Promise<Authority> {
    const x509 = await loadX509();
    const keys = await newKeys("EC");
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...validity([-1, 365]),
      signingAlgorithm: algorithms.EC,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(`${certificate.toString("pem")}\n`, keys);
  }

  private constructor(certificate: string, keys: webcrypto.CryptoKeyPair) {
    this.certificate = certificate;
    this.#keys = keys;
  }

  async issue({
    name,
    hosts = [],
    addresses = [],
    days = [-1, 89],
    purpose = "server",
    keys: kind = "EC",
  }: Wish): Promise<Identity> {
    const x509 = await loadX509();
    const issuer = new x509.X509Certificate(this.certificate);
    const keys = await newKeys(kind);
    const names = [
      ...hosts.map((value) => ({ type: "dns" as const, value })),
      ...addresses.map((value) => ({ type: "ip" as const, value })),
    ];
    const use = x509.ExtendedKeyUsage[`${purpose}Auth`];
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: issuer.subject,
      ...validity(days),
      signingAlgorithm: algorithms.EC,
      signingKey: this.#keys.privateKey,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([use]),
        ...(names.length > 0
          ? [new x509.SubjectAlternativeNameExtension(names)]
          : []),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ],
    });
    return {
      certificate: `${certificate.toString("pem")}\n`,
      key: await privatePem(keys.privateKey),
    };
  }
}

/**
 * The certificates that a check tries a program with. All hold for this machine, by name and by
 * address, and come from one authority, unless that is the very thing that is wrong with them.
 */
export type CertificateKind =
  | "right"
  | "expired"
  | "not-yet-valid"
  | "wrong-host"
  | "untrusted"
  | "client"
  | "rsa";

const HERE = {
  name: "localhost",
  hosts: ["localhost"],
  addresses: ["127.0.0.1", "::1"],
} as const;

const wishes: Readonly<Record<CertificateKind, Wish>> = {
  right: HERE,
  expired: { ...HERE, days: [-30, -1] },
  "not-yet-valid": { ...HERE, days: [1, 30] },
  "wrong-host": { name: "tea.example", hosts: ["tea.example"] },
  untrusted: HERE,
  client: { name: "workshop-client", purpose: "client" },
  rsa: { ...HERE, keys: "RSA" },
};

/** Makes each certificate when it is asked for, and once. */
export class Certificates {
  readonly #authorities = new Map<string, Promise<Authority>>();
  readonly #identities = new Map<CertificateKind, Promise<Identity>>();

  /** The one that clients are told to trust. */
  authority(): Promise<Authority> {
    return this.#authority("Workshop Test CA");
  }

  /** One that nobody is told to trust. */
  otherAuthority(): Promise<Authority> {
    return this.#authority("Some Other CA");
  }

  of(kind: CertificateKind): Promise<Identity> {
    const known = this.#identities.get(kind);
    if (known !== undefined) return known;
    const issuer =
      kind === "untrusted" ? this.otherAuthority() : this.authority();
    const identity = issuer.then((authority) => authority.issue(wishes[kind]));
    this.#identities.set(kind, identity);
    return identity;
  }

  #authority(name: string): Promise<Authority> {
    const authority = this.#authorities.get(name) ?? Authority.create(name);
    this.#authorities.set(name, authority);
    return authority;
  }
}

/** Those of this process. */
export const certificates = new Certificates();

/**
 * Whether a certificate's basic constraints say that it is an authority. `ca` of Node's X509Certificate
 * says less: it is also false for an authority whose key is not for signing certificates.
 *
 * @param certificate as a PEM text
 */
export async function saysAuthority(certificate: string): Promise<boolean> {
  const x509 = await loadX509();
  const constraints = new x509.X509Certificate(certificate).getExtension(
    x509.BasicConstraintsExtension,
  );
  return constraints?.ca === true;
}

function newKeys(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithms[kind], true, [
    "sign",
    "verify",
  ]);
}

function validity([from, to]: readonly [number, number]) {
  const now = Date.now();
  return {
    notBefore: new Date(now + from * DAY),
    notAfter: new Date(now + to * DAY),
  };
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const { PemConverter } = await loadX509();
  const bytes = await webcrypto.subtle.exportKey("pkcs8", key);
  return `${PemConverter.encode(bytes, "PRIVATE KEY")}\n`;
}
