import type { Lesson } from "../kit/lesson.ts";
import type { Answer } from "./answers.ts";
import { type Judgement, Judges } from "./judges.ts";
import {
  type MutatedSolution,
  type Mutant,
  isSame,
  knownSurvivors,
  mutate,
  removeMutants,
} from "./mutants.ts";
import { type Part, markdownTable, percent, sample } from "./part.ts";

/** So many of each lesson are enough for CI. */
const FEW = 4;

/** The lesson's check on every mutant of what its solution adds. */
export const mutantsCaught: Part = {
  name: "mutants",
  claim:
    "Solutions that are changed mechanically, in one place, are caught. Each one that is not is listed with the reason why nobody could see it.",
  async run({ lessons, isQuick, places, say }) {
    const choose = (mutants: readonly Mutant[]) =>
      sample(
        mutants.filter(
          ({ file, line }) =>
            places.length === 0 || places.includes(`${file}:${line}`),
        ),
        isQuick ? FEW : Infinity,
      );
    const judges = await Judges.start();
    const tallies: Tally[] = [];
    try {
      for (const lesson of lessons) {
        const tally = await tallyOf(lesson, judges, choose);
        say(`${lesson.name}: ${tally.caught} of ${tally.tried} caught`);
        tally.problems.forEach(say);
        tallies.push(tally);
      }
    } finally {
      await judges.close();
    }
    const tried = sum(tallies, ({ tried }) => tried);
    const caught = sum(tallies, ({ caught }) => caught);
    const known = sum(tallies, ({ survivors }) => survivors.length);
    const problems = tallies.flatMap(({ problems }) => problems);
    return {
      figures: [
        ["mutants", String(tried)],
        ["caught", `${caught} (${percent(caught, tried)})`],
        ["nobody can see them, with a reason", String(known)],
        ["caught of those that can be seen", percent(caught, tried - known)],
      ],
      problems,
      page: pageOf(tallies),
    };
  },
};

interface Tally {
  lesson: string;
  tried: number;
  caught: number;
  /** Mutants of lines that an earlier lesson answers for. */
  earlier: number;
  /** Those that are not caught, and are known. */
  survivors: (Mutant & { reason: string })[];
  problems: string[];
}

/** Gives those that are to be tried. */
type Choose = (mutants: readonly Mutant[]) => Mutant[];

async function tallyOf(
  lesson: Lesson,
  judges: Judges,
  choose: Choose,
): Promise<Tally> {
  const mutated = await mutate(lesson);
  try {
    return await judged(lesson, mutated, judges, choose);
  } finally {
    removeMutants(mutated);
  }
}

/** No mutant has this id: all are asleep. */
const NONE = "none";

async function judged(
  { name, keeps = [] }: Lesson,
  { answer, mutants, earlier }: MutatedSolution,
  judges: Judges,
  choose: Choose,
): Promise<Tally> {
  const { objection } = await judges.decide(answer, NONE);
  if (objection !== null)
    return {
      lesson: name,
      tried: 0,
      caught: 0,
      earlier,
      survivors: [],
      problems: [`${name}, with all its mutants asleep: ${objection}`],
    };
  const chosen = choose(mutants);
  const known = knownSurvivors(name);
  const verdicts = await Promise.all(
    chosen.map(async (mutant) => {
      const entry = known.find((other) => isSame(other, mutant));
      // One that nobody can see is not looked for again in every earlier lesson.
      const contracts =
        entry === undefined ? [name, ...keeps.toReversed()] : [name];
      const judgement = await judgementOn(mutant, answer, contracts, judges);
      return { mutant, entry, judgement };
    }),
  );
  const survivors: Tally["survivors"] = [];
  const problems: string[] = [];
  for (const { mutant, entry, judgement } of verdicts) {
    const isCaught = isCaughtBy(judgement);
    const problem = judgement.isUndecided
      ? "could not tell"
      : isCaught && entry !== undefined
        ? "caught, though survivors.json says why it cannot be"
        : !isCaught && entry === undefined
          ? "not caught"
          : null;
    if (problem !== null)
      problems.push(
        `${problem}: ${name}/${mutant.file}:${mutant.line} ${mutant.mutator}: ${mutant.from} -> ${mutant.to}`,
      );
    else if (entry !== undefined)
      survivors.push({ ...mutant, reason: entry.reason });
  }
  for (const entry of known)
    if (!mutants.some((mutant) => isSame(entry, mutant)))
      problems.push(
        `survivors.json names a mutant that is not there: ${name}/${entry.file} ${entry.source}: ${entry.from} -> ${entry.to}`,
      );
  return {
    lesson: name,
    tried: chosen.length,
    caught: verdicts.filter(({ judgement }) => isCaughtBy(judgement)).length,
    earlier,
    survivors,
    problems,
  };
}

/** That of the first contract that catches it: the lesson's own, or an earlier one that is kept. */
async function judgementOn(
  { id }: Mutant,
  answer: Answer,
  contracts: readonly string[],
  judges: Judges,
): Promise<Judgement> {
  let judgement: Judgement | undefined;
  for (const contract of contracts) {
    const isOwn = contract === answer.lesson;
    const judged: Answer = {
      ...answer,
      kind: isOwn ? "solution" : "keeps",
      contract,
    };
    judgement = await judges.decide(judged, id);
    if (!isCaughtBy(judgement)) continue;
    // It is the change that is caught only if the same check passes without it.
    const asleep = await judges.decide(judged, NONE);
    if (asleep.objection === null) return judgement;
    judgement = { ...asleep, isUndecided: true };
  }
  return judgement as Judgement;
}

const isCaughtBy = ({ failures, isUndecided }: Judgement) =>
  failures.length > 0 && !isUndecided;

function sum(tallies: readonly Tally[], of: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + of(tally), 0);
}

function pageOf(tallies: readonly Tally[]): string[] {
  const survivors = tallies.flatMap(({ lesson, survivors }) =>
    survivors.map((mutant) => ({ lesson, ...mutant })),
  );
  return [
    ...markdownTable(
      [
        "lesson",
        "mutants:",
        "caught:",
        "share:",
        "not caught:",
        "left to an earlier lesson:",
      ],
      tallies.map(({ lesson, tried, caught, survivors, earlier }) => [
        lesson,
        tried,
        caught,
        percent(caught, tried),
        survivors.length,
        earlier,
      ]),
    ),
    "",
    "A mutant is caught by the lesson's own check, or by an earlier one whose contract the server keeps, as `npm run check -- --earlier` does. One on a line that a solution has from an earlier one, whose contract it keeps, is left to that lesson.",
    "",
    "Those that are not caught:",
    "",
    ...markdownTable(
      ["where", "was", "became", "why nobody can see it"],
      survivors.map(({ lesson, file, line, from, to, reason }) => [
        `${lesson.slice(0, 2)} ${file}:${line}`,
        code(from),
        code(to),
        reason,
      ]),
    ),
  ];
}

/** The beginning is enough to find it. */
function code(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return short === "" ? "(nothing)" : `\`\` ${short} \`\``;
}
