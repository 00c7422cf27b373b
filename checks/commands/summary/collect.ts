import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { summary as messages } from "../messages.ts";
import { type Progress, emptyProgress, readProgress } from "../progress.ts";

/** One learner's progress. */
export interface Learner {
  /** The folder or the file that it was found in. */
  name: string;
  progress: Progress;
}

/** A file that is no progress, and why it is not. */
export interface Skipped {
  file: string;
  why: string;
}

export interface Collected {
  learners: Learner[];
  skipped: Skipped[];
}

/** How far below the named folder a learner's copy may be, as in `submissions/group-a/alice`. */
const DEPTH = 3;
/** A progress has some kilobytes. Whatever is larger, in bytes, is something else. */
const LARGEST = 1_000_000;
const PROGRESS = ".progress.json";

/**
 * Finds the progress of many learners: the `.progress.json` of every copy of the workshop in a folder,
 * and every other `*.json` directly in it. A copy without progress is a learner who has not begun.
 */
export function collect(folder: string): Collected {
  const collected: Collected = { learners: [], skipped: [] };
  look(resolve(folder), resolve(folder), DEPTH, collected);
  return collected;
}

function look(
  folder: string,
  from: string,
  depth: number,
  collected: Collected,
): void {
  const name = shownName(relative(from, folder) || basename(folder));
  const progress = join(folder, PROGRESS);
  if (existsSync(progress)) return add(progress, name, from, collected);
  if (existsSync(join(folder, "checks", "workshop.mjs"))) {
    collected.learners.push({ name, progress: emptyProgress() });
    return;
  }
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted(
    (a, b) => a.name.localeCompare(b.name),
  );
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    if (entry.isDirectory()) {
      if (depth > 0) look(path, from, depth - 1, collected);
    } else if (folder === from && entry.name.endsWith(".json"))
      add(path, shownName(basename(path, ".json")), from, collected);
  }
}

function add(
  path: string,
  name: string,
  from: string,
  { learners, skipped }: Collected,
): void {
  const skip = (why: string) =>
    skipped.push({ file: shownName(relative(from, path)), why });
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > LARGEST) {
      skip(messages.noProgress);
      return;
    }
    const progress = readProgress(JSON.parse(readFileSync(path, "utf8")));
    if (progress === null) skip(messages.noProgress);
    else learners.push({ name, progress });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    skip(code === undefined ? messages.noJson : messages.unreadable(code));
  }
}

/** A name from somebody else's disk, without what would move a terminal's cursor. */
function shownName(path: string): string {
  return path.split(sep).join("/").replaceAll(/\p{C}/gu, "\uFFFD");
}
