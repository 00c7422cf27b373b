import { type Answer, answersOf } from "./answers.ts";
import { type Judgement, Judges } from "./judges.ts";
import { type Findings, type Part, markdownTable } from "./part.ts";
import { withoutNetwork } from "./without-network.ts";

const kinds = ["solution", "keeps", "starter", "right", "wrong"] as const;

/** Every answer whose verdict is known, once, with nothing else going on and, where that can be, no network. */
export const knownAnswers: Part = {
  name: "answers",
  claim:
    "Every solution passes its check, and every earlier one that it keeps; every starter fails at its first requirement; every right server passes, however it is written; every wrong answer fails where it should, and gets its own hint.",
  async run({ lessons, isQuick, say }) {
    const prefix = withoutNetwork();
    const node = [...(prefix ?? []), process.execPath] as const;
    const judges = await Judges.start({ node });
    try {
      // The others are in `npm test`, which CI runs as well.
      const isMeant = ({ kind }: Answer) =>
        !isQuick || kind === "solution" || kind === "starter";
      const answers = lessons.flatMap(answersOf).filter(isMeant);
      return findings(
        await judgeAll(judges, answers, say),
        prefix === null ? "as it is" : "none",
      );
    } finally {
      await judges.close();
    }
  },
};

export interface Judged {
  answer: Answer;
  judgement: Judgement;
}

export async function judgeAll(
  judges: Judges,
  answers: readonly Answer[],
  say: (line: string) => void,
): Promise<Judged[]> {
  let done = 0;
  return Promise.all(
    answers.map(async (answer) => {
      const judgement = await judges.decide(answer);
      done += 1;
      if (done % 100 === 0 || done === answers.length)
        say(`${done} of ${answers.length} answers judged`);
      return { answer, judgement };
    }),
  );
}

/** `07 wrong/any-token.ts`. */
export function labelOfAnswer({
  kind,
  lesson,
  contract,
  name,
}: Answer): string {
  const number = lesson.slice(0, 2);
  switch (kind) {
    case "keeps":
      return `${number} solution, judged by ${contract.slice(0, 2)}`;
    case "right":
    case "wrong":
      return `${number} ${kind}/${name}`;
    default:
      return `${number} ${name}`;
  }
}

export function problemsOf(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ answer, judgement: { objection } }) =>
    objection === null ? [] : [`${labelOfAnswer(answer)}: ${objection}`],
  );
}

function findings(judged: readonly Judged[], network: string): Findings {
  const problems = problemsOf(judged);
  const count = (among: readonly Judged[], kind: Answer["kind"]) => {
    const all = among.filter(({ answer }) => answer.kind === kind);
    const good = all.filter(({ judgement }) => judgement.objection === null);
    return all.length === 0 ? "–" : `${good.length}/${all.length}`;
  };
  const names = [...new Set(judged.map(({ answer }) => answer.lesson))];
  return {
    figures: [
      ...kinds.map((kind) => [headings[kind], count(judged, kind)] as const),
      ["network", network],
    ],
    problems,
    page: markdownTable(
      ["lesson", ...kinds.map((kind) => `${headings[kind]}:`)],
      [
        ...names.map((name) => {
          const own = judged.filter(({ answer }) => answer.lesson === name);
          return [name, ...kinds.map((kind) => count(own, kind))];
        }),
        ["all", ...kinds.map((kind) => count(judged, kind))],
      ],
    ),
  };
}

const headings: Readonly<Record<Answer["kind"], string>> = {
  solution: "solution passes",
  keeps: "passes earlier checks",
  starter: "starter fails first",
  right: "right servers pass",
  wrong: "wrong answers get their hint",
};
