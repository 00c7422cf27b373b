import { certificates } from "./authority.ts";
import { CertificateFiles } from "./certificate-files.ts";
import type { Tap } from "./tap.ts";
import { type TlsFront, openTlsFront } from "./tls-front.ts";

/**
 * TLS before a tap: what comes by it can be read at the tap, and nothing else gets through. Its
 * certificate is the right one until another is presented.
 */
export class SecureLine {
  readonly front: TlsFront;
  /** The certificate of the authority that vouches for the front: the absolute path of its file. */
  readonly caFile: string;
  readonly #files: CertificateFiles;

  static async open({ port }: Tap): Promise<SecureLine> {
    const files = new CertificateFiles();
    const [{ certificate }, identity] = await Promise.all([
      certificates.authority(),
      certificates.of("right"),
    ]);
    const caFile = await files.file(certificate);
    const front = await openTlsFront({ port }, { identity });
    return new SecureLine(front, caFile, files);
  }

  private constructor(
    front: TlsFront,
    caFile: string,
    files: CertificateFiles,
  ) {
    this.front = front;
    this.caFile = caFile;
    this.#files = files;
  }

  async close(): Promise<void> {
    await this.front.close();
    this.#files.remove();
  }
}
