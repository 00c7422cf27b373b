// The workshop's own commands are written in TypeScript. This turns them into plain JavaScript once,
// with esbuild, and again only after one of their files has changed, so that no TypeScript loader
// stands between a learner's Enter and the verdict.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const checks = dirname(fileURLToPath(import.meta.url));
const root = dirname(checks);
const cache = join(root, "node_modules", ".cache", "workshop");

/** Folders whose files commands are made from. The playground's page is built by Vite. */
const folders = [checks, join(root, "playground")];

/** Folders whose files are test data or a learner's business, never part of a command. */
const notOurs = new Set(["node_modules", "wrong", "right", "samples", "page"]);

/** @param {string} folder @returns {string[]} the TypeScript files that commands may be made from */
function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return notOurs.has(entry.name) ? [] : sources(path);
    if (!entry.name.endsWith(".ts") || entry.name.endsWith(".test.ts"))
      return [];
    return [path];
  });
}

/** A name that changes whenever one of the files does. @param {string[]} files */
function fingerprint(files) {
  const hash = createHash("sha1").update(process.version);
  for (const file of files) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Compiles the commands and the lessons' checks, if that has not been done since they last changed.
 *
 * @returns {Promise<(source: string) => string>} gives, for a source such as
 *   `checks/commands/check.ts`, the URL of its compiled module
 */
export async function compileAhead() {
  const files = folders.flatMap(sources);
  const folder = join(cache, fingerprint(files));
  if (!existsSync(folder)) await compile(files, folder);
  return (source) =>
    pathToFileURL(
      join(folder, relative("checks", source).replace(/\.ts$/, ".js")),
    ).href;
}

/** @param {string[]} files @param {string} folder */
async function compile(files, folder) {
  const { build } = await import("esbuild");
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: files.filter(isEntry),
    outbase: checks,
    outdir: unfinished,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "linked",
    logLevel: "error",
  });
  for (const old of readdirSync(cache)) {
    if (join(cache, old) !== unfinished && isStale(join(cache, old)))
      rmSync(join(cache, old), { recursive: true, force: true });
  }
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Two commands that were started together both compile; the first to finish is as good.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

/** What another module imports by a computed name, or starts as a program. @param {string} file */
function isEntry(file) {
  const path = relative(checks, file);
  return (
    /^commands[\\/][^\\/]+\.ts$/.test(path) ||
    /[\\/](check|main)\.ts$/.test(path)
  );
}

/** Something in the cache that no running command can still need. @param {string} path */
function isStale(path) {
  // Another command may have removed it meanwhile: then there is nothing to do.
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > 3_600_000;
}
