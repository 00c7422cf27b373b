import { exec } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../kit/repository.ts";
import { doctor as messages } from "../messages.ts";
import { type Finding, good, note, trouble } from "./finding.ts";

/** What the workshop's settings for npm were written for. */
const OLDEST_NPM = "10.0";

/** @param engines what `package.json` asks for, such as `>=20.19` */
export function examineNode(
  version = process.versions.node,
  engines = readJson<{ engines: { node: string } }>("package.json").engines
    .node,
): Finding {
  const oldest = engines.replace(/^\D*/, "");
  return isAtLeast(version, oldest)
    ? good("node", messages.node(version))
    : trouble(
        "node",
        messages.nodeTooOld(version, oldest),
        messages.installNode(oldest),
      );
}

/** The npm that has started us, or the one in PATH. */
export async function examineNpm(
  agent = process.env.npm_config_user_agent,
  ask = npmVersion,
): Promise<Finding> {
  const version = /\bnpm\/(\d\S*)/.exec(agent ?? "")?.[1] ?? (await ask());
  if (version === null)
    return note("npm", messages.npmMissing, messages.installNpm);
  return isAtLeast(version, OLDEST_NPM)
    ? good("npm", messages.npm(version))
    : note("npm", messages.npmOld(version, OLDEST_NPM), messages.updateNpm);
}

async function npmVersion(): Promise<string | null> {
  try {
    // By a shell, because on Windows it is a batch file.
    const { stdout } = await promisify(exec)("npm --version", {
      cwd: root,
      timeout: 20_000,
    });
    return stdout.trim();
  } catch {
    return null;
  }
}

/** A package as `package-lock.json` describes it. */
export interface Locked {
  version?: string;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

/** The system that packages with a binary are made for, in npm's words. */
export interface System {
  os: string;
  cpu: string;
  libc: string | null;
}

/** Whether what is installed is what the lockfile says, and for this system. */
export function examinePackages(
  locked = readJson<{ packages: Record<string, Locked> }>("package-lock.json")
    .packages,
  installed = installedVersion,
  system = thisSystem(),
): Finding {
  const packages = Object.entries(locked).filter(([path]) => path !== "");
  const foreign = packages.find(
    ([path, entry]) => !isFor(entry, system) && installed(path) !== null,
  );
  if (foreign !== undefined)
    return trouble(
      "packages",
      messages.packagesForeign(nameOf(foreign[0])),
      "npm ci",
    );
  const needed = packages.filter(([, { optional }]) => !optional);
  const wrong = needed.filter(
    ([path, { version }]) => installed(path) !== version,
  );
  const [first] = wrong;
  return first === undefined
    ? good("packages", messages.packages(needed.length))
    : trouble(
        "packages",
        messages.packagesMissing(wrong.length, nameOf(first[0])),
        "npm ci",
      );
}

function nameOf(path: string): string {
  return path.replace(/^.*node_modules\//, "");
}

function isFor({ os, cpu, libc }: Locked, system: System): boolean {
  return (
    (os?.includes(system.os) ?? true) &&
    (cpu?.includes(system.cpu) ?? true) &&
    (system.libc === null || (libc?.includes(system.libc) ?? true))
  );
}

function thisSystem(): System {
  return {
    os: process.platform,
    cpu: process.arch,
    libc: process.platform === "linux" ? libcOfThisSystem() : null,
  };
}

function libcOfThisSystem(): string {
  const { header } = process.report.getReport() as {
    header: { glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

function installedVersion(path: string): string | null {
  try {
    return readJson<{ version: string }>(`${path}/package.json`).version;
  } catch {
    return null;
  }
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), "utf8")) as T;
}

/** @param oldest such as `20.19` */
function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split(".").map(Number);
  return major === oldestMajor ? minor >= oldestMinor : major > oldestMajor;
}
