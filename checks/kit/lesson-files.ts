import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { root } from "./repository.ts";

/** The server that a learner writes in a lesson. */
export function lessonFile(name: string): string {
  return serverIn(join(root, "lessons", name));
}

/** The server of a lesson's reference solution. */
export function solutionFile(name: string): string {
  return serverIn(solutionFolder(name));
}

/** The reference solution with what stands beside it. */
export function solutionFolder(name: string): string {
  return join(root, "solutions", name);
}

/** `server.ts`, or the `server.py` of a lesson in Python. */
export function serverIn(folder: string): string {
  const python = join(folder, "server.py");
  return existsSync(python) ? python : join(folder, "server.ts");
}

/**
 * A file that stands beside the server in a lesson of several. Where an answer that is kept among the
 * checks lacks it, it is the solution's.
 */
export function fileBeside(server: string, file: string): string {
  const beside = join(dirname(server), file);
  const [lesson = ""] = relative(join(root, "checks"), server).split(sep);
  return lesson === ".." || existsSync(beside)
    ? beside
    : join(solutionFolder(lesson), file);
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
    ? readdirSync(folder)
        .filter(isProgram)
        .map((file) => ({ name: file, path: join(folder, file) }))
    : [{ name: "server.ts", path: join(checks, "starter.ts") }];
}

/** The server that a lesson begins with. */
export function starterServer(name: string): string {
  const server = starterFiles(name).find((file) =>
    file.name.startsWith("server."),
  );
  if (server === undefined) throw new Error(`${name} begins with no server`);
  return server.path;
}
