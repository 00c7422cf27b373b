import {
  type CertificateKind,
  type Identity,
  certificates,
} from "./authority.ts";
import { TemporaryFolder } from "./temporary-folder.ts";

/** What a server with TLS finds in its environment. */
export type TlsVariables = Record<"TLS_CERT_FILE" | "TLS_KEY_FILE", string>;

/** Certificates as files, for programs that are given the names of files. */
export class CertificateFiles {
  readonly #folder = new TemporaryFolder();
  #written = 0;

  /** Writes one of the checks' certificates, and its key. */
  async of(kind: CertificateKind): Promise<TlsVariables> {
    return this.pair(await certificates.of(kind));
  }

  async pair({ certificate, key }: Identity): Promise<TlsVariables> {
    return {
      TLS_CERT_FILE: await this.file(certificate),
      TLS_KEY_FILE: await this.file(key),
    };
  }

  /**
   * Writes a PEM text.
   *
   * @returns the absolute path of its file
   */
  file(pem: string): Promise<string> {
    this.#written += 1;
    return this.#folder.write(`${this.#written}.pem`, pem);
  }

  remove(): void {
    this.#folder.remove();
  }
}

/** What a check needs whose server speaks https. */
export interface LessonTls {
  env: TlsVariables;
  /** What its clients trust. */
  ca: string;
  remove(): void;
}

export async function openLessonTls(): Promise<LessonTls> {
  const files = new CertificateFiles();
  const { certificate: ca } = await certificates.authority();
  return { env: await files.of("right"), ca, remove: () => files.remove() };
}
