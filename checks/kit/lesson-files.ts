import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";

/** The file that a learner writes in a lesson. */
export function lessonFile(name: string): string {
  return join(root, "lessons", name, "server.ts");
}

/** The reference solution of a lesson. */
export function solutionFile(name: string): string {
  return join(solutionFolder(name), "server.ts");
}

/** The reference solution with what stands beside it. */
export function solutionFolder(name: string): string {
  return join(root, "solutions", name);
}

/**
 * Whether a file is a program, by its name: what a learner writes. What editors and checks write for
 * themselves begins with a dot.
 */
export function isProgram(name: string): boolean {
  return /^[^.].*\.(?:[cm]?[jt]s|py)$/.test(name);
}

/** A file that a lesson begins with. */
export interface StarterFile {
  /** What it is called in the lesson's folder, such as `server.ts`. */
  name: string;
  /** Where it is kept, as an absolute path. */
  path: string;
}

/** What a lesson's folder holds at first: `server.ts`, and in later lessons what stands beside it. */
export function starterFiles(name: string): StarterFile[] {
  const checks = join(root, "checks", name);
  const folder = join(checks, "starter");
  return existsSync(folder)
    ? readdirSync(folder).map((file) => ({
        name: file,
        path: join(folder, file),
      }))
    : [{ name: "server.ts", path: join(checks, "starter.ts") }];
}

/** The server that a lesson begins with. */
export function starterServer(name: string): string {
  const server = starterFiles(name).find((file) => file.name === "server.ts");
  if (server === undefined) throw new Error(`${name} begins with no server.ts`);
  return server.path;
}
