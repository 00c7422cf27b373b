import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A line that nothing but a private key begins with; a program that makes keys has it in quotes. */
const FIRST_LINE = "^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----[[:space:]]*$";

/**
 * Files with private keys that git knows of, in that folder and below. Without git, or outside of any
 * repository, there are none.
 */
export async function keysInGit(folder: string): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      // What has been added counts: the next commit would hold it.
      ["grep", "--cached", "-l", "-z", "-E", "-e", FIRST_LINE, "--", "."],
      { cwd: folder, windowsHide: true },
    );
    return stdout.split("\0").filter((name) => name !== "");
  } catch {
    return [];
  }
}
