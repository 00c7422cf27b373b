import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { DryMongoBinary } from "mongodb-memory-server";

/** What can be found out about this machine. None of these throws, and none takes over 2 s. */
export interface Probes {
  /** The path of a mongod that mongodb-memory-server downloaded before. */
  cachedBinary(): Promise<string | undefined>;
  /** What a program prints for `--version`; empty where it cannot be started. */
  versionOutput(program: string): Promise<string>;
  /** Where a program lies in PATH. */
  whereIs(program: string): Promise<string | undefined>;
  exists(path: string): Promise<boolean>;
  /** Whether mongod could be downloaded now. */
  downloadHostAnswers(): Promise<boolean>;
}

const limitMS = 2000;

/** The machine as it is. */
export const probes: Probes = {
  async cachedBinary() {
    try {
      return await DryMongoBinary.locateBinary({ version: "" });
    } catch {
      return undefined;
    }
  },
  versionOutput: (program) =>
    new Promise((resolve) => {
      execFile(
        program,
        ["--version"],
        { timeout: limitMS, windowsHide: true },
        (error, output) => resolve(error ? "" : output),
      );
    }),
  async whereIs(program) {
    const names =
      process.platform === "win32" ? [`${program}.exe`, program] : [program];
    for (const folder of (process.env.PATH ?? "").split(delimiter))
      for (const name of names) {
        const path = join(folder, name);
        if (folder !== "" && (await exists(path))) return path;
      }
    return undefined;
  },
  exists,
  async downloadHostAnswers() {
    const host =
      process.env.MONGOMS_DOWNLOAD_MIRROR ?? "https://fastdl.mongodb.org";
    try {
      const response = await fetch(host, {
        method: "HEAD",
        signal: AbortSignal.timeout(limitMS),
      });
      // A proxy that wants to be logged in to answers every address with a page of its own.
      return response.status < 500 && !isPage(response);
    } catch {
      return false;
    }
  },
};

function isPage(response: Response): boolean {
  return (
    response.ok &&
    (response.headers.get("content-type") ?? "").includes("text/html")
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The version in what `mongod --version` prints, such as `8.0.4`. */
export function parseVersion(output: string): string | undefined {
  return /^\s*db version v?(\d+\.\d+\.\d+)/m.exec(output)?.[1];
}

/** Driver 7 needs wire version 8, which came with MongoDB 4.2. */
export function tooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < 4 || (major === 4 && minor < 2);
}
