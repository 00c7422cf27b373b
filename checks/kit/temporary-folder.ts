import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = new Set<TemporaryFolder>();
process.on("exit", () => {
  for (const folder of folders) folder.remove();
});

/** A folder for files of a check, outside the workshop; it is gone when the check is. */
export class TemporaryFolder {
  readonly path: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), "socket-io-workshop-"));
    folders.add(this);
  }

  /** @returns the absolute path of the file that was written */
  async write(name: string, text: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  }

  remove(): void {
    folders.delete(this);
    rmSync(this.path, { recursive: true, force: true });
  }
}
