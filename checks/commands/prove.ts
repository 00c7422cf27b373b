import { stop as stopCompiler } from "esbuild";
import { knownAnswers } from "../proof/known-answers.ts";
import { knownMistakes } from "../proof/known-mistakes.ts";
import {
  leftSince,
  readTraces,
  useOwnTemporaryFolder,
} from "../proof/leftovers.ts";
import { mutantsCaught } from "../proof/mutants-caught.ts";
import { otherNodes } from "../proof/other-nodes.ts";
import { type Section, writePage } from "../proof/page.ts";
import type { Findings, Part, Proof } from "../proof/part.ts";
import { underLoad } from "../proof/under-load.ts";
import { readCommandLine } from "./command-line.ts";
import { findLesson, loadLesson, readLessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import { table } from "./table.ts";
import { WrongUsage, sentenceOf } from "./wrong-usage.ts";

const options = {
  lesson: { type: "string", multiple: true, default: [] as string[] },
  at: { type: "string", multiple: true, default: [] as string[] },
  times: { type: "string", default: "50" },
  minutes: { type: "string", default: "30" },
  quick: { type: "boolean", default: false },
} as const;

const parts: readonly Part[] = [
  knownAnswers,
  knownMistakes,
  mutantsCaught,
  underLoad,
  otherNodes,
];

/** What stands last on the page: it is looked at after all the parts. */
const NOTHING_LEFT = {
  name: "leftovers",
  claim:
    "After all of it no process and no file of a check is left; a process that is gone holds no port.",
};

/** The sections of the page. */
const order = [...parts, NOTHING_LEFT].map(({ name }) => name);

const say = messages.prove;

/**
 * `npm run prove`: shows with numbers how far a verdict of the workshop can be trusted. A run over all
 * lessons that is not quick writes `checks/PROOF.md`.
 */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine(
    "prove",
    words,
    options,
    parts.length,
  );
  const chosen = partsNamed(positionals, values.quick);
  const lessons = readLessons();
  const names =
    values.lesson.length === 0
      ? lessons
      : values.lesson.map((word) => findLesson(word, lessons));
  const proof = {
    lessons: await Promise.all(names.map(({ name }) => loadLesson(name))),
    isQuick: values.quick,
    places: values.at,
    times: countOf(values.times, "--times"),
    minutes: countOf(values.minutes, "--minutes"),
  };
  const isWhole =
    !values.quick && values.lesson.length + values.at.length === 0;
  useOwnTemporaryFolder();
  const before = readTraces();
  const sections: Section[] = [];
  const keep = (section: Section) => {
    sections.push(section);
    // At once: the next part may take long, and somebody may end it.
    if (isWhole) writePage(section, order);
  };
  for (const part of chosen) keep(await sectionOf(part, proof));
  // It may have compiled the commands, and would wait for more to do.
  await stopCompiler();
  keep(leftovers(before));
  tell(sections);
  return sections.every(({ findings }) => findings.problems.length === 0)
    ? 0
    : 1;
}

/** Those that were typed; else all, and for a quick proof all that it has time for. */
function partsNamed(
  words: readonly string[],
  isQuick: boolean,
): readonly Part[] {
  const known = parts.map(({ name }) => name);
  for (const word of words)
    if (!known.includes(word))
      throw new WrongUsage(
        messages.wrongUsage("prove", say.noSuchPart(word, known)),
      );
  return parts.filter((part) =>
    words.length === 0
      ? !isQuick || part !== otherNodes
      : words.includes(part.name),
  );
}

function countOf(typed: string, option: string): number {
  const count = Number(typed);
  if (!Number.isInteger(count) || count < 1)
    throw new WrongUsage(
      messages.wrongUsage("prove", say.noCount(option, typed)),
    );
  return count;
}

async function sectionOf(
  { name, claim, run: runPart }: Part,
  proof: Omit<Proof, "say">,
): Promise<Section> {
  const began = performance.now();
  const passed = () => performance.now() - began;
  const findings = await runPart({
    ...proof,
    say: (line) =>
      process.stderr.write(`${name}, ${messages.seconds(passed())}: ${line}\n`),
  }).catch(
    // The other parts say what they have found all the same.
    (error: unknown): Findings => ({
      figures: [["not finished", ""]],
      problems: [sentenceOf(error)],
      page: [],
    }),
  );
  return { name, claim, findings, ms: passed() };
}

function leftovers(before: ReturnType<typeof readTraces>): Section {
  const began = performance.now();
  const problems = leftSince(before);
  const figures = [["left", String(problems.length)]] as const;
  const findings = { figures, problems, page: [] };
  return { ...NOTHING_LEFT, findings, ms: performance.now() - began };
}

function tell(sections: readonly Section[]): void {
  const rows = sections.flatMap(({ name, findings }) =>
    findings.figures.map(([what, count], index) => [
      index === 0 ? name : "",
      what,
      count,
    ]),
  );
  const columns = [
    { heading: "part" },
    { heading: "what" },
    { heading: "count", isFigure: true },
  ];
  const problems = sections.flatMap(({ name, findings }) =>
    findings.problems.map((problem) => `${name}: ${problem}`),
  );
  console.log(
    [
      "",
      ...table(columns, rows, Infinity),
      "",
      ...problems,
      say.verdict(problems.length),
    ].join("\n"),
  );
}
