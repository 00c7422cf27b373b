import { execFile } from "node:child_process";
import { join } from "node:path";
import { compiledModule } from "../kit/compiled.ts";
import { openDatabase } from "../kit/database.ts";
import { starterServer } from "../kit/lesson-files.ts";
import { root } from "../kit/repository.ts";
import { benchEngine } from "../mongod/bench.ts";
import { type SaveTimes, timesOnSave, timesToFirst } from "./bench-saves.ts";
import { loadLesson, readLessons } from "./lessons.ts";
import { npm } from "./npm.ts";

/**
 * `npm run bench`: how long a learner waits, beside the floors of this machine in the same run.
 *
 * Every program is run several times, all in turn, so that a machine whose speed drifts drifts for
 * all of them. Medians are shown, and ratios to the floor; nothing is judged.
 */

const RUNS = 7;

const node = process.execPath;
const workshop = join(root, "checks", "workshop.mjs");
const floor = (lesson: string) => [
  node,
  join(root, "checks", "bench", "floor.mjs"),
  join(root, "solutions", lesson, "server.ts"),
];
const check = (...words: string[]) => [
  node,
  workshop,
  "check",
  ...words,
  "--plain",
];
const starter = (lesson: string) =>
  check(lesson, "--entry", starterServer(lesson));

interface Row {
  what: string;
  command: string[];
  /** The row that is its floor. */
  floor?: string;
  /** What it may take, in milliseconds on a quiet two-core machine with Node 20. */
  budget?: number;
}

const lessons = [
  "01-one-server",
  "02-emit-and-listen",
  "03-who-hears-it",
  "04-ask-and-answer",
];

/** Lesson 04's contract holds a client that is silent for one second. */
const waits: Readonly<Record<string, number>> = { "04-ask-and-answer": 1_000 };

const rows: Row[] = [
  { what: "node alone", command: [node, "-e", "0"] },
  { what: "npm run alone", command: npmRun("env"), floor: "node alone" },
  ...lessons.map((lesson): Row => ({
    what: `${lesson}: start and connect`,
    command: floor(lesson),
  })),
  ...lessons.flatMap((lesson): Row[] => [
    {
      what: `${lesson}: check passes`,
      command: check(lesson, "--solution"),
      floor: `${lesson}: start and connect`,
      budget: 800 + (waits[lesson] ?? 0),
    },
    {
      what: `${lesson}: check of the starter`,
      command: starter(lesson),
      floor: `${lesson}: start and connect`,
      budget: 1_800,
    },
  ]),
  {
    what: "npm run check: 01 passes",
    command: npmRun("check", "--", "01", "--solution", "--plain"),
    floor: "01-one-server: start and connect",
    budget: 800,
  },
];

export async function run(): Promise<number> {
  const times = new Map<string, number[]>(rows.map(({ what }) => [what, []]));
  // The first round warms the disk's cache and compiles the commands; it is not counted.
  for (let round = 0; round <= RUNS; round++)
    for (const { what, command } of rows) {
      const ms = await timeOf(command);
      if (round > 0) times.get(what)?.push(ms);
    }
  const medians = new Map([...times].map(([what, all]) => [what, median(all)]));
  console.log(
    `Median of ${RUNS} runs in milliseconds, Node ${process.versions.node}\n`,
  );
  console.log(line("what", "median", "floor", "ratio", "budget"));
  for (const { what, floor: beside, budget } of rows) {
    const ms = medians.get(what) ?? 0;
    const least = beside === undefined ? undefined : medians.get(beside);
    console.log(
      line(
        what,
        ms.toFixed(0),
        least?.toFixed(0) ?? "",
        least === undefined ? "" : (ms / least).toFixed(2),
        budget?.toFixed(0) ?? "",
      ),
    );
  }
  await benchSaves();
  await benchDatabase();
  return 0;
}

/** What a verdict on save may take, in milliseconds, without a database and with one. */
const ON_SAVE = { withoutDatabase: 250, withDatabase: 400 };

async function benchSaves(): Promise<void> {
  console.log(`\n${line("on save", "median", "floor", "ratio", "budget")}`);
  for (const lesson of lessons)
    console.log(
      lineOnSave(
        `${lesson}: verdict`,
        await timesOnSave(lesson, RUNS),
        ON_SAVE.withoutDatabase + (waits[lesson] ?? 0),
      ),
    );
  for (const lesson of await firstWithDatabase())
    console.log(
      lineOnSave(
        `${lesson}: first requirement`,
        await timesToFirst(lesson, RUNS),
        ON_SAVE.withDatabase,
      ),
    );
}

function lineOnSave(
  what: string,
  { verdicts, floors }: SaveTimes,
  budget: number,
): string {
  const ms = median(verdicts);
  const least = median(floors);
  return line(
    what,
    ms.toFixed(0),
    least.toFixed(0),
    (ms / least).toFixed(2),
    String(budget),
  );
}

async function firstWithDatabase(): Promise<string[]> {
  for (const { name } of readLessons())
    if ((await loadLesson(name)).needs?.database !== undefined) return [name];
  return [];
}

/** The built-in engine, beside what is asked of it. */
async function benchDatabase(): Promise<void> {
  const figures = await benchEngine({
    open: () => openDatabase({ interactive: false }),
    engine: await compiledModule("checks/mongod/main.ts"),
  });
  console.log(`\n${line("database", "measured", "asked")}`);
  for (const { name, value, unit, floor: asked } of figures) {
    const figure = value.toFixed(value < 10 ? 1 : 0);
    console.log(
      `${line(name, figure, asked === undefined ? "" : String(asked))} ${unit}`,
    );
  }
}

function npmRun(...words: string[]): string[] {
  return npm("run", "--silent", ...words);
}

function timeOf([program = "", ...words]: string[]): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    execFile(program, words, { cwd: root }, (error) => {
      // A check that says "not yet" has done its work.
      if (error && error.code !== 1) reject(error);
      else resolve(performance.now() - began);
    });
  });
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function line(what: string, ...figures: string[]): string {
  return what.padEnd(42) + figures.map((figure) => figure.padStart(8)).join("");
}
