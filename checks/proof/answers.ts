import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import {
  isProgram,
  serverIn,
  solutionFile,
  starterServer,
} from "../kit/lesson-files.ts";
import type { Lesson } from "../kit/lesson.ts";
import { root } from "../kit/repository.ts";
import type { RequirementResult, Result } from "../kit/result.ts";

/** A server that is kept in the workshop, and whose verdict is known. */
export interface Answer {
  kind: "solution" | "keeps" | "starter" | "right" | "wrong";
  /** The lesson whose server it is. */
  lesson: string;
  /** The lesson whose contract it is judged by: another one where it `keeps` an earlier contract. */
  contract: string;
  /** For people, such as `app-listens.ts`. */
  name: string;
  /** Absolute path of the server's file. */
  entry: string;
}

/** All servers of a lesson whose verdict is known. */
export function answersOf({ name: lesson, keeps = [] }: Lesson): Answer[] {
  const own = { lesson, contract: lesson };
  const kept = (kind: "right" | "wrong") =>
    serversIn(join(root, "checks", lesson, kind)).map((file): Answer => ({
      ...own,
      kind,
      name: file,
      entry: join(root, "checks", lesson, kind, file),
    }));
  const solution = { name: "solution", entry: solutionFile(lesson) };
  return [
    { ...own, ...solution, kind: "solution" },
    ...keeps.map((contract): Answer => ({
      ...solution,
      kind: "keeps",
      lesson,
      contract,
    })),
    { ...own, kind: "starter", name: "starter", entry: starterServer(lesson) },
    ...kept("right"),
    ...kept("wrong"),
  ];
}

/** Files that several answers of a folder share. */
const SHARED = /^(protocol|database|changes|primary|worker)\./;

/** A server is one file, or a folder with its server; several may share what they import. */
function serversIn(folder: string): string[] {
  const entries = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
    : [];
  return entries
    .map((entry) =>
      entry.isDirectory()
        ? `${entry.name}/${basename(serverIn(join(folder, entry.name)))}`
        : entry.name,
    )
    .filter((file) => isProgram(file) && !SHARED.test(file));
}

/** What a wrong answer says of itself in its first lines. */
export interface Claims {
  /** The id of the requirement at which it fails. */
  fails: string;
  /** The mistake that is recognised; `none` if none is. */
  mistake: string;
  /** Words of the hint. */
  hint: string;
}

export function claimsOf({ entry }: Pick<Answer, "entry">): Claims {
  const source = readFileSync(entry, "utf8");
  const claim = (name: string) => {
    const value = new RegExp(`^(?://|#) ${name}: (.+)$`, "m").exec(source)?.[1];
    if (value === undefined)
      throw new Error(
        `A wrong answer says "// ${name}: …" in its first lines.`,
      );
    return value.trim();
  };
  return {
    fails: claim("fails"),
    mistake: claim("mistake"),
    hint: claim("hint"),
  };
}

/** The requirement that the lesson's README calls the first. */
export function firstRequirement(lesson: string): string | undefined {
  const readme = readFileSync(
    join(root, "lessons", lesson, "README.md"),
    "utf8",
  );
  return /first thing the check asks for: \*\*(.+?)\*\*/i.exec(readme)?.[1];
}

/** The requirements that are not met, without those behind them. */
export function failuresOf({
  requirements,
}: Pick<Result, "requirements">): RequirementResult[] {
  return requirements.filter(
    ({ status }) => status !== "passed" && status !== "skipped",
  );
}

/** "Could not tell" is no verdict, and says more of the machine than of the check. */
export function isUndecided({ requirements }: Pick<Result, "requirements">) {
  return requirements.some(({ status }) => status === "could-not-tell");
}

/** What is wrong with the verdict on an answer, as a sentence, or `null` if it is the known one. */
export function objectionTo(answer: Answer, result: Result): string | null {
  const [first] = failuresOf(result);
  switch (answer.kind) {
    case "solution":
    case "keeps":
    case "right":
      return first === undefined && result.verdict === "passed"
        ? null
        : `a right server fails at ${inWords(first)}`;
    case "starter": {
      const expected = firstRequirement(answer.lesson);
      return first !== undefined && first.title === expected
        ? null
        : `the starter fails at ${inWords(first)}, not at "${expected}"`;
    }
    case "wrong":
      return objectionToWrong(claimsOf(answer), first, result);
  }
}

function objectionToWrong(
  { fails, mistake, hint }: Claims,
  first: RequirementResult | undefined,
  { verdict }: Result,
): string | null {
  if (first === undefined) return "a wrong server passes";
  if (first.id !== fails) return `fails at ${inWords(first)}, not at ${fails}`;
  if ((first.mistake ?? "none") !== mistake)
    return `is taken for ${first.mistake ?? "no known mistake"}, not for ${mistake}: ${inWords(first)}`;
  if (!first.hint?.includes(hint))
    return `gets another hint: ${first.hint ?? "none"}`;
  return verdict === (first.kind === "base" ? "not-yet" : "passed")
    ? null
    : `its verdict is ${verdict}`;
}

function inWords(failure: RequirementResult | undefined): string {
  if (failure === undefined) return "nothing";
  const { id, expected, received } = failure;
  return `${id} (expected: ${expected ?? "a verdict"}; received: ${received})`;
}
