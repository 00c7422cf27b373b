import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/**
 * The folder that holds `lessons/`, `solutions/` and `checks/`.
 *
 * It is looked for upwards from this file, because this file also runs compiled, from a folder
 * inside `node_modules`.
 */
export const root = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (
    existsSync(join(folder, "lessons")) &&
    existsSync(join(folder, "checks", "workshop.mjs"))
  )
    return folder;
  const parent = dirname(folder);
  if (parent === folder)
    throw new Error("The workshop's files are not where they belong.");
  return findRoot(parent);
}

/** Where files that can be made again are kept. */
export const cacheFolder = join(root, "node_modules", ".cache", "workshop");

/** A path as a learner reads it: from the repository's root, with forward slashes. */
export function shown(path: string): string {
  return relative(root, path).split(sep).join("/");
}
