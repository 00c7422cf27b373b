import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isProgram, starterFiles } from "../kit/lesson-files.ts";
import { root, shown } from "../kit/repository.ts";
import { localTime } from "./local-time.ts";
import * as messages from "./messages.ts";

/** A file that is to stand in a lesson's folder. */
export interface NewFile {
  /** What it is called there, such as `server.ts`. */
  name: string;
  /** Where its text comes from, as an absolute path. */
  path: string;
}

/** What became of a lesson's folder. Paths as a learner reads them. */
export interface Replaced {
  /** The files that are other ones now. */
  changed: string[];
  /** The folder that holds what was there before; `null` when nothing was in the way. */
  kept: string | null;
}

export function lessonFolder(name: string): string {
  return join(root, "lessons", name);
}

/**
 * The programs directly in a folder, by name: what a learner writes.
 */
export function programsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isProgram(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Whether nothing of the learner's own is in a lesson's folder yet. */
export function isUntouched(name: string): boolean {
  const starters = new Map(starterFiles(name).map((file) => [file.name, file]));
  return programsIn(lessonFolder(name)).every((program) => {
    const starter = starters.get(program);
    return (
      starter !== undefined &&
      isSame(join(lessonFolder(name), program), starter.path)
    );
  });
}

/**
 * Puts files into a lesson's folder. If that changes one that is there, all programs of the folder are
 * first copied to a folder of their own in `kept/`, named by the date. Other files stay.
 *
 * @throws {Error} with a sentence, when the folder cannot be written to
 */
export function replaceFiles(
  lesson: string,
  files: readonly NewFile[],
  now = new Date(),
): Replaced {
  const folder = lessonFolder(lesson);
  const changed = files.filter(
    ({ name, path }) => !isSame(join(folder, name), path),
  );
  const there = new Set(programsIn(folder));
  const isInTheWay = changed.some(({ name }) => there.has(name));
  const kept = isInTheWay ? keepPrograms(folder, now) : null;
  for (const { name, path } of changed)
    writing(folder, () =>
      writeFileSync(join(folder, name), readFileSync(path)),
    );
  return {
    changed: changed.map(({ name }) => shown(join(folder, name))),
    kept: kept === null ? null : shown(kept),
  };
}

function keepPrograms(folder: string, now: Date): string {
  const place = writing(folder, () => newFolder(join(folder, "kept"), now));
  for (const program of programsIn(folder))
    writing(folder, () =>
      copyFileSync(join(folder, program), join(place, program)),
    );
  return place;
}

/** `2026-11-23T05-33-10` in local time, or with a number where that exists. */
function newFolder(parent: string, now: Date): string {
  mkdirSync(parent, { recursive: true });
  const date = localTime(now).replace(" ", "T").replaceAll(":", "-");
  for (let count = 1; ; count++) {
    const place = join(parent, count === 1 ? date : `${date}-${count}`);
    try {
      mkdirSync(place);
      return place;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
  }
}

function writing<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new Error(messages.folderNotWritten(shown(folder), codeOf(error)));
  }
}

/** Line ends do not count: on Windows git may have changed them. */
function isSame(one: string, other: string): boolean {
  return textOf(one) === textOf(other);
}

/** `null` of what cannot be read: then it is like nothing else. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
