import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { BuildFailure, Plugin } from "esbuild";
import { CouldNotTell } from "./could-not-tell.ts";
import { EmptyServerFile, NoServerFile, SyntaxFault } from "./faults.ts";
import { isRunning } from "./processes.ts";
import { root, shown } from "./repository.ts";

/** The service behind esbuild starts with its first use; a check begins that as early as it can. */
export const esbuild = import("esbuild");

/** Compiled files that are there now. Whatever ends this process removes them. */
const compiledFiles = new Set<string>();
process.on("exit", () => {
  for (const file of compiledFiles) removeCompiled(file);
});

/** Removes a file that {@link compileServer} made. */
export function removeCompiled(file: string): void {
  compiledFiles.delete(file);
  rmSync(file, { force: true });
}

/** A name for the compiled file of that source, as an absolute path that nothing else has. */
export function compiledName(entry: string): string {
  const extension = isCommonJs(entry) ? "cjs" : "mjs";
  const unique = randomBytes(4).toString("hex");
  return join(dirname(entry), `.server.${process.pid}.${unique}.${extension}`);
}

function isCommonJs(entry: string): boolean {
  return /^\.c[jt]s$/.test(extname(entry));
}

/**
 * Compiles a server and what it imports from its own files into one file beside it, where relative
 * paths, `import.meta.dirname` and the packages mean the same as in the source. Packages stay outside.
 *
 * @param entry absolute path of the TypeScript or JavaScript file
 * @param compiled where the compiled file is to be, as {@link compiledName} gives it
 * @returns the absolute path of the compiled file; see {@link removeCompiled}
 * @throws {NoServerFile | EmptyServerFile | SyntaxFault} for what is wrong with the file
 * @throws {CouldNotTell} when the compiled file cannot be written
 */
export async function compileServer(
  entry: string,
  compiled = compiledName(entry),
): Promise<string> {
  await assertFileThere(entry);
  const { build } = await esbuild;
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile: compiled,
    bundle: true,
    packages: "external",
    platform: "node",
    format: isCommonJs(entry) ? "cjs" : "esm",
    target: "node20",
    sourcemap: "inline",
    write: false,
    logLevel: "silent",
    plugins: entry.startsWith(join(root, "checks"))
      ? [overSolution(entry)]
      : [],
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? syntaxFault(error) : error;
  });
  compiledFiles.add(compiled);
  try {
    await writeFile(compiled, outputFiles[0]?.contents ?? "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CouldNotTell(
      `nothing can be written into ${shown(dirname(entry))} (${code}), where your compiled server would stand. Allow writing there, or copy the workshop to a folder of your own`,
    );
  }
  return compiled;
}

/**
 * An answer that is kept among the checks may begin with the solution's server, and hold only the files
 * that are different in it: the solution imports them instead of its own.
 */
function overSolution(entry: string): Plugin {
  const solutions = join(root, "solutions");
  return {
    name: "over the solution",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\// }, ({ path, resolveDir }) => {
        const own = join(dirname(entry), path);
        return resolveDir.startsWith(solutions) && existsSync(own)
          ? { path: own }
          : undefined;
      });
    },
  };
}

/** @throws {NoServerFile | EmptyServerFile} when there is nothing to run */
export async function assertFileThere(entry: string): Promise<void> {
  let source: string;
  try {
    source = await readFile(entry, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR")
      throw new NoServerFile(shown(entry));
    throw new CouldNotTell(`${shown(entry)} cannot be read (${code})`);
  }
  if (source.trim() === "") throw new EmptyServerFile(shown(entry));
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error;
}

function syntaxFault({ errors }: BuildFailure): SyntaxFault {
  const first = errors[0];
  const place = first?.location;
  if (!first || !place)
    return new SyntaxFault("The file", first?.text ?? "unknown error", []);
  const margin = `${place.line} | `;
  // The caret stands below the place also where the line is indented with tabs.
  const indent = place.lineText
    .slice(0, place.column)
    .replaceAll(/[^\t]/g, " ");
  return new SyntaxFault(
    `${shown(resolve(place.file))}:${place.line}:${place.column + 1}`,
    first.text,
    [`${margin}${place.lineText}`, `${" ".repeat(margin.length)}${indent}^`],
  );
}

/** Removes compiled files that a check left beside a server because it was killed. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = /^\.server\.(\d+)\.[0-9a-f]+\.[cm]js$/.exec(
      basename(name),
    )?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(folder, name), { force: true }).catch(() => {});
  }
}
