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
import { serverIn, solutionFolder } from "../kit/lesson-files.ts";
import type { Lesson } from "../kit/lesson.ts";
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
  process.once("exit", () => remove(folder));
  rmSync(folder, { recursive: true, force: true });
  cpSync(solutionFolder(name), folder, { recursive: true });
  const names = programsIn(folder);
  const sources = new Map(
    names.map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
  const { files, mutants } = await instrument(sources);
  for (const { name: file, content } of files)
    writeFileSync(join(folder, file), `${NOT_TYPED}${content}`);
  const isOld = new Map(
    [...sources].map(([file, source]) => [file, linesFrom(source, keeps)]),
  );
  const all = mutants.map((mutant) => described(mutant, sources));
  const own = mutants.flatMap(({ fileName, location }, index) => {
    const old = isOld.get(fileName);
    for (let line = location.start.line; line <= location.end.line; line++)
      if (!old?.has(line)) return all[index] ?? [];
    return [];
  });
  return {
    answer: {
      kind: "solution",
      lesson: name,
      contract: name,
      name: "mutant",
      entry: serverIn(folder),
    },
    mutants: own,
    earlier: all.length - own.length,
  };
}

/** Code with mutants in it is no matter of types. */
const NOT_TYPED = "// @ts-nocheck\n";

/** Removes what {@link mutate} has made of a lesson's solution. */
export function removeMutants({ answer }: MutatedSolution): void {
  remove(dirname(answer.entry));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // It is gone already, or another proof is at work in it.
  }
}

function programsIn(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(".ts"));
}

/** The lines, counted from 0, that a source has from the kept solution that is most like it. */
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
  let line = 0;
  for (const { added, removed, count } of diffTrimmedLines(before, after)) {
    if (removed) continue;
    for (let last = line + count; line < last; line++)
      if (!added) same.add(line);
  }
  return same;
}

// ---- Stryker's instrumenter

interface Position {
  /** Counted from 0. */
  line: number;
  column: number;
}

/** A mutant as the instrumenter gives it. */
interface Found {
  id: string;
  fileName: string;
  mutatorName: string;
  replacement: string;
  location: { start: Position; end: Position };
}

interface Instrumenter {
  instrument(
    files: { name: string; mutate: boolean; content: string }[],
    options: object,
  ): Promise<{ files: { name: string; content: string }[]; mutants: Found[] }>;
}

async function instrument(sources: ReadonlyMap<string, string>) {
  const { Instrumenter } = await loadInstrumenter();
  const log = Object.fromEntries(
    ["trace", "debug", "info", "warn", "error", "fatal"].map((level) => [
      level,
      () => {},
    ]),
  );
  const instrumenter = new Instrumenter({
    ...log,
    isDebugEnabled: () => false,
  });
  return instrumenter.instrument(
    [...sources].map(([name, content]) => ({ name, mutate: true, content })),
    { excludedMutations: [], ignorers: [], plugins: null, noHeader: false },
  );
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
  { id, fileName, mutatorName, replacement, location }: Found,
  sources: ReadonlyMap<string, string>,
): Mutant {
  const lines = (sources.get(fileName) ?? "").split("\n");
  const { start, end } = location;
  const cut = lines.slice(start.line, end.line + 1);
  cut[cut.length - 1] = cut.at(-1)?.slice(0, end.column) ?? "";
  cut[0] = cut[0]?.slice(start.column) ?? "";
  return {
    id,
    file: fileName,
    line: start.line + 1,
    mutator: mutatorName,
    source: lines[start.line]?.trim() ?? "",
    from: inOneLine(cut.join("\n")),
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
