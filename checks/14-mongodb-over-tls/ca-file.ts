import { certificates } from "../kit/authority.ts";
import { CertificateFiles } from "../kit/certificate-files.ts";
import { givesUp } from "../kit/gives-up.ts";
import type { World } from "../kit/lesson.ts";
import { allOf } from "../kit/unmet.ts";
import { A_KEY, A_TEXT, GONE } from "./mistakes.ts";

/** @throws {Unmet} when the server does not end with one line, whatever is wrong with the file */
export async function assertUselessFilesEnd(world: World): Promise<void> {
  const files = new CertificateFiles();
  try {
    const { certificate } = await certificates.authority();
    const { key } = await certificates.of("right");
    const keyFile = await files.file(key);
    await allOf([
      givesUp(world, GONE, { TLS_CA_FILE: `${keyFile}.gone` }),
      givesUp(world, A_TEXT, { TLS_CA_FILE: certificate }),
      givesUp(world, A_KEY, { TLS_CA_FILE: keyFile }),
    ]);
  } finally {
    files.remove();
  }
}
