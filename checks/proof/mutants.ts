import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { diffTrimmedLines } from "diff";
import { isProgram, serverIn, solutionFolder } from "../kit/lesson-files.ts";
import type { Lesson } from "../kit/lesson.ts";
import { findPython } from "../kit/python.ts";
import { root } from "../kit/repository.ts";
import type { Answer } from "./answers.ts";
import { npm } from "../commands/npm.ts";

/**
 * Mutants: solutions that are changed mechanically, in one place each. A check that can be trusted
 * catches every one whose change can be seen from outside.
 *
 * Stryker's instrumenter puts all mutants of a solution into it at once, and a variable of the
 * environment says which of them a process is. So a mutant costs no more than a check.
 */
export interface Mutant {
  id: string;
  /** In the solution's folder, such as `server.ts`. */
  file: string;
  /** Counted from 1. */
  line: number;
  /** What kind of change it is, such as `ConditionalExpression`. */
  mutator: string;
  /** The line on which the change begins, as it was. */
  source: string;
  from: string;
  to: string;
}

export interface MutatedSolution {
  /** The solution with all its mutants in it. */
  answer: Answer;
  mutants: Mutant[];
  /** How many more there are on lines that an earlier lesson answers for. */
  earlier: number;
}

/** A mutant that no check can catch, and why. */
export interface KnownSurvivor extends Pick<
  Mutant,
  "file" | "source" | "from" | "to"
> {
  reason: string;
}

/** Mutated solutions that are there now. Whatever ends this process removes them. */
const folders = new Set<string>();
process.on("exit", () => {
  for (const folder of folders) remove(folder);
});

/** Beside `node_modules`, so that a path from there to the workshop's folders is as long as a solution's. */
const mutatedFolder = (lesson: string) => join(root, ".mutants", lesson);

/**
 * Puts a solution's mutants into a copy of it.
 *
 * Lines that the solution has from an earlier one are left out where its lesson keeps that one's
 * contract: their mutants are those of the earlier lesson, and its check answers for them.
 */
export async function mutate({
  name,
  keeps = [],
}: Lesson): Promise<MutatedSolution> {
  const folder = mutatedFolder(name);
  folders.add(folder);
  rmSync(folder, { recursive: true, force: true });
  cpSync(solutionFolder(name), folder, { recursive: true });
  const sources = programsIn(folder).map((file) => ({
    name: file,
    content: readFileSync(join(folder, file), "utf8"),
  }));
  const { files, mutants } = await instrument(sources);
  for (const { name: file, content } of files)
    writeFileSync(join(folder, file), content);
  const earlier = new Map(
    sources.map((source) => [source.name, linesFrom(source.content, keeps)]),
  );
  const isEarlier = ({ file, line, lastLine }: Found) => {
    for (let each = line; each <= lastLine; each++)
      if (!earlier.get(file)?.has(each)) return false;
    return true;
  };
  const own = mutants.filter((mutant) => !isEarlier(mutant));
  return {
    answer: {
      kind: "solution",
      lesson: name,
      contract: name,
      name: "mutant",
      entry: serverIn(folder),
    },
    mutants: own,
    earlier: mutants.length - own.length,
  };
}

/** Removes what {@link mutate} has made of a lesson's solution. */
export function removeMutants({ answer }: MutatedSolution): void {
  remove(dirname(answer.entry));
}

function remove(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // It is gone already, or another proof is at work in it.
  }
}

function programsIn(folder: string): string[] {
  return readdirSync(folder).filter(isProgram);
}

/** The lines, counted from 1, that a source has from the kept solution that is most like it. */
function linesFrom(source: string, kept: readonly string[]): Set<number> {
  let most = new Set<number>();
  for (const lesson of kept)
    for (const file of programsIn(solutionFolder(lesson))) {
      const earlier = readFileSync(join(solutionFolder(lesson), file), "utf8");
      const same = sameLines(earlier, source);
      if (same.size > most.size) most = same;
    }
  return most;
}

function sameLines(before: string, after: string): Set<number> {
  const same = new Set<number>();
  let line = 1;
  for (const { added, removed, count } of diffTrimmedLines(before, after)) {
    if (removed) continue;
    for (let last = line + count; line < last; line++)
      if (!added) same.add(line);
  }
  return same;
}

// ---- putting them in

interface Source {
  name: string;
  content: string;
}

/** A mutant, and where its change ends. */
interface Found extends Mutant {
  lastLine: number;
}

interface Instrumented {
  files: Source[];
  mutants: Found[];
}

async function instrument(sources: readonly Source[]): Promise<Instrumented> {
  const isPython = ({ name }: Source) => name.endsWith(".py");
  const inTypeScript = await instrumentTypeScript(
    sources.filter((source) => !isPython(source)),
  );
  const inPython = await Promise.all(
    sources.filter(isPython).map(instrumentPython),
  );
  const all = [inTypeScript, ...inPython];
  return {
    files: all.flatMap(({ files }) => files),
    mutants: all.flatMap(({ mutants }) => mutants),
  };
}

/** Stryker knows no Python: mutate.py makes changes of the same kinds. */
async function instrumentPython(source: Source): Promise<Instrumented> {
  const { command, args } = await findPython();
  const program = join(root, "checks", "proof", "mutate.py");
  const { status, stdout, stderr } = spawnSync(command, [...args, program], {
    input: source.content,
    encoding: "utf8",
    windowsHide: true,
  });
  if (status !== 0)
    throw new Error(`no mutants for ${source.name}: ${lastLine(stderr)}`);
  const { content, mutants } = JSON.parse(stdout) as {
    content: string;
    mutants: Omit<Found, "file" | "source">[];
  };
  const lines = source.content.split("\n");
  return {
    files: [{ name: source.name, content }],
    mutants: mutants.map(({ from, to, ...mutant }) => ({
      ...mutant,
      file: source.name,
      source: lines[mutant.line - 1]?.trim() ?? "",
      from: inOneLine(from),
      to: inOneLine(to),
    })),
  };
}

interface Position {
  /** Counted from 0. */
  line: number;
  column: number;
}

/** A mutant as Stryker's instrumenter gives it. */
interface StrykersMutant {
  id: string;
  fileName: string;
  mutatorName: string;
  replacement: string;
  location: { start: Position; end: Position };
}

interface Instrumenter {
  instrument(
    files: (Source & { mutate: boolean })[],
    options: object,
  ): Promise<{ files: Source[]; mutants: StrykersMutant[] }>;
}

/** Code with mutants in it is no matter of types. */
const NOT_TYPED = "// @ts-nocheck\n";

async function instrumentTypeScript(
  sources: readonly Source[],
): Promise<Instrumented> {
  const { Instrumenter } = await loadInstrumenter();
  const log = Object.fromEntries(
    ["trace", "debug", "info", "warn", "error", "fatal"].map((level) => [
      level,
      () => {},
    ]),
  );
  const { files, mutants } = await new Instrumenter({
    ...log,
    isDebugEnabled: () => false,
  }).instrument(
    sources.map((source) => ({ ...source, mutate: true })),
    { excludedMutations: [], ignorers: [], plugins: null, noHeader: false },
  );
  return {
    files: files.map(({ name, content }) => ({
      name,
      content: `${NOT_TYPED}${content}`,
    })),
    mutants: mutants.map((mutant) => described(mutant, sources)),
  };
}

/** It weighs more than the workshop can ask every learner to install: `npm run prove` fetches it. */
async function loadInstrumenter() {
  const folder = join(root, "checks", "proof", "instrumenter");
  if (!existsSync(join(folder, "node_modules"))) {
    const [program, ...words] = npm("ci", "--no-audit", "--no-fund");
    const { status, stderr } = spawnSync(program, words, {
      cwd: folder,
      encoding: "utf8",
    });
    if (status !== 0)
      throw new Error(
        `Stryker's instrumenter could not be fetched from the npm registry (${lastLine(stderr)})`,
      );
  }
  const { resolve } = createRequire(join(folder, "package.json"));
  return (await import(
    pathToFileURL(resolve("@stryker-mutator/instrumenter")).href
  )) as { Instrumenter: new (log: object) => Instrumenter };
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

function described(
  { id, fileName, mutatorName, replacement, location }: StrykersMutant,
  sources: readonly Source[],
): Found {
  const source = sources.find(({ name }) => name === fileName)?.content ?? "";
  const lines = source.split("\n");
  const { start, end } = location;
  const changed = lines.slice(start.line, end.line + 1);
  changed[changed.length - 1] = changed.at(-1)?.slice(0, end.column) ?? "";
  changed[0] = changed[0]?.slice(start.column) ?? "";
  return {
    id,
    file: fileName,
    line: start.line + 1,
    lastLine: end.line + 1,
    mutator: mutatorName,
    source: lines[start.line]?.trim() ?? "",
    from: inOneLine(changed.join("\n")),
    to: inOneLine(replacement),
  };
}

/** A change can be long: its beginning says which it is. */
const inOneLine = (text: string) =>
  text.replaceAll(/\s+/g, " ").trim().slice(0, 120);

// ---- survivors that are known

/** Those of a lesson that are kept in its `survivors.json`. */
export function knownSurvivors(lesson: string): KnownSurvivor[] {
  const file = join(root, "checks", lesson, "survivors.json");
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as KnownSurvivor[])
    : [];
}

export function isSame(known: KnownSurvivor, mutant: Mutant): boolean {
  return (["file", "source", "from", "to"] as const).every(
    (part) => known[part] === mutant[part],
  );
}
