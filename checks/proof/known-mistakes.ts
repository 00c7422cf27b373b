import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../kit/repository.ts";
import type { Lesson } from "../kit/lesson.ts";
import { type Claims, answersOf, claimsOf } from "./answers.ts";
import { type Part, markdownTable } from "./part.ts";

/** A mistake that people really make, from questions, bug reports and tutorials. */
interface KnownMistake {
  /** `M7`. */
  id: string;
  /** What goes wrong. */
  mistake: string;
  /** Why there is no wrong answer that makes it. */
  absent?: string;
}

/** Which wrong answer makes which of the known mistakes, and what its author is told. */
export const knownMistakes: Part = {
  name: "mistakes",
  claim:
    "Each of the mistakes that people really make is made by a wrong answer, is caught by a requirement, and gets a hint of its own. (That they are caught is proved under the answers.)",
  async run({ lessons }) {
    const wrong = lessons.flatMap(wrongAnswersOf);
    const mistakes = readMistakes();
    const problems = mistakes.flatMap(({ id, absent }) => {
      const isMade = wrong.some(({ mistake }) => mistake === id);
      if (!isMade && absent === undefined)
        return [`${id} is made by no wrong answer`];
      return isMade && absent !== undefined
        ? [`${id} is made by a wrong answer, though mistakes.json says why not`]
        : [];
    });
    const named = new Set(mistakes.map(({ id }) => id));
    for (const { mistake, label } of wrong)
      if (/^M\d+$/.test(mistake) && !named.has(mistake))
        problems.push(`${label} names ${mistake}, which is no known mistake`);
    const made = mistakes.filter(({ absent }) => absent === undefined);
    return {
      figures: [
        ["known mistakes", String(mistakes.length)],
        ["made by a wrong answer", String(made.length)],
        ["left out, with a reason", String(mistakes.length - made.length)],
        ["wrong answers in all", String(wrong.length)],
      ],
      problems,
      page: [
        "The hint is the one that the first of the wrong answers gets; the others get others.",
        "",
        ...markdownTable(
          ["", "mistake", "wrong answers", "caught by", "hint"],
          mistakes.map((mistake) => rowOf(mistake, wrong)),
        ),
      ],
    };
  },
};

interface WrongAnswer extends Claims {
  /** `01 app-listens`. */
  label: string;
  /** The whole hint. */
  hint: string;
}

function rowOf(
  { id, mistake, absent }: KnownMistake,
  wrong: readonly WrongAnswer[],
): string[] {
  const making = wrong.filter((answer) => answer.mistake === id);
  const [first, ...others] = making;
  if (first === undefined) return [id, mistake, "none", "", absent ?? ""];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return [id, mistake, `${first.label}${more}`, first.fails, first.hint];
}

function wrongAnswersOf(lesson: Lesson): WrongAnswer[] {
  return answersOf(lesson)
    .filter(({ kind }) => kind === "wrong")
    .map((answer) => {
      const claims = claimsOf(answer);
      const name = answer.name.replace(/(\/server)?\.\w+$/, "");
      return {
        ...claims,
        label: `${lesson.name.slice(0, 2)} ${name}`,
        hint: wholeHint(lesson, claims),
      };
    });
}

/** A wrong answer names a few words of its hint. */
function wholeHint(
  { requirements, mistakes = [] }: Lesson,
  { fails, mistake, hint }: Claims,
): string {
  const requirement = requirements.find(({ id }) => id === fails);
  const found = [...(requirement?.mistakes ?? []), ...mistakes].find(
    (known) => known.id === mistake && known.hint.includes(hint),
  );
  return found?.hint ?? hint;
}

function readMistakes(): KnownMistake[] {
  const file = join(root, "checks", "proof", "mistakes.json");
  return JSON.parse(readFileSync(file, "utf8")) as KnownMistake[];
}
