import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Answer, answersOf } from "./answers.ts";
import { type Judgement, Judges } from "./judges.ts";
import { labelOfAnswer } from "./known-answers.ts";
import {
  type Findings,
  type Part,
  type Proof,
  markdownTable,
  percent,
} from "./part.ts";

/** Threads that do nothing but keep the machine busy. */
const BUSY_LOOPS = 4;

/** "Could not tell" is to be rarer than this, in hundredths of the runs. */
const MOST_UNDECIDED = 1;

/** Every known answer again and again, while the machine has more to do than it can. */
export const underLoad: Part = {
  name: "load",
  claim: `Beside ${BUSY_LOOPS} busy loops no right server fails and no wrong one passes, and the check hardly ever says that it could not tell. Each run stands for itself: nothing is tried again.`,
  async run(proof) {
    const loops = Array.from(
      { length: BUSY_LOOPS },
      () => new Worker("for (;;);", { eval: true }),
    );
    const judges = await Judges.start({ atOnce: 2 });
    try {
      return findings(await runsOf(judges, proof));
    } finally {
      await judges.close();
      await Promise.all(loops.map((loop) => loop.terminate()));
    }
  },
};

interface Run {
  answer: Answer;
  judgement: Judgement;
}

/** In rounds, so that every answer has had about as many runs when the time is over. */
async function runsOf(
  judges: Judges,
  { lessons, isQuick, times, minutes, say }: Proof,
): Promise<Run[]> {
  const answers = isQuick
    ? lessons.flatMap((lesson) => fewOf(answersOf(lesson)))
    : lessons.flatMap(answersOf);
  const end = performance.now() + minutes * 60_000;
  const runs: Run[] = [];
  for (let round = 1; round <= (isQuick ? 1 : times); round++) {
    await Promise.all(
      answers.map(async (answer) => {
        const judgement = await judges.judge(
          answer,
          undefined,
          () => performance.now() < end,
        );
        if (judgement !== null) runs.push({ answer, judgement });
      }),
    );
    const { bad, undecided } = sorted(runs);
    say(
      `${runs.length} runs: ${bad.length} with a false verdict, ${undecided.length} could not tell`,
    );
    if (performance.now() >= end) break;
  }
  return runs;
}

/** The solution, and one wrong answer. */
function fewOf(answers: readonly Answer[]): Answer[] {
  return (["solution", "wrong"] as const).flatMap(
    (wanted) => answers.find(({ kind }) => kind === wanted) ?? [],
  );
}

function sorted(runs: readonly Run[]) {
  const undecided = runs.filter(({ judgement }) => judgement.isUndecided);
  const bad = runs.filter(
    ({ judgement }) => judgement.objection !== null && !judgement.isUndecided,
  );
  const isWrong = ({ answer: { kind } }: Run) =>
    kind === "wrong" || kind === "starter";
  const passed = ({ judgement }: Run) => judgement.failures.length === 0;
  return {
    undecided,
    bad,
    rightFailed: bad.filter((run) => !isWrong(run)),
    wrongPassed: bad.filter((run) => isWrong(run) && passed(run)),
    /** It fails, but at another requirement or with another hint. */
    otherwise: bad.filter((run) => isWrong(run) && !passed(run)),
  };
}

function findings(runs: readonly Run[]): Findings {
  const { undecided, bad, rightFailed, wrongPassed, otherwise } = sorted(runs);
  const problems = [...new Set(bad.map(({ answer }) => answer))].map(
    (answer) => {
      const timesOf = (among: readonly Run[]) =>
        among.filter((run) => run.answer === answer).length;
      const first = bad.find((run) => run.answer === answer);
      return `${labelOfAnswer(answer)}, ${timesOf(bad)} of ${timesOf(runs)} runs: ${first?.judgement.objection}`;
    },
  );
  if (100 * undecided.length >= MOST_UNDECIDED * runs.length && runs.length > 0)
    problems.push(
      `could not tell in ${percent(undecided.length, runs.length)} of the runs`,
    );
  const lessons = [...new Set(runs.map(({ answer }) => answer.lesson))];
  const row = (what: string, among: readonly Run[]) => {
    const tally = sorted(among);
    const servers = new Set(among.map(({ answer }) => answer)).size;
    return [
      what,
      servers,
      among.length,
      tally.rightFailed.length,
      tally.wrongPassed.length,
      tally.otherwise.length,
      tally.undecided.length,
    ];
  };
  return {
    figures: [
      ["runs", String(runs.length)],
      ["right servers that failed", String(rightFailed.length)],
      ["wrong servers that passed", String(wrongPassed.length)],
      ["with another requirement or hint", String(otherwise.length)],
      [
        "could not tell",
        `${undecided.length} (${percent(undecided.length, runs.length)})`,
      ],
    ],
    problems,
    page: [
      `${BUSY_LOOPS} busy loops, ${availableParallelism()} processors, four checks at a time.`,
      "",
      ...markdownTable(
        [
          "lesson",
          "servers:",
          "runs:",
          "right failed:",
          "wrong passed:",
          "another hint:",
          "could not tell:",
        ],
        [
          ...lessons.map((lesson) =>
            row(
              lesson,
              runs.filter(({ answer }) => answer.lesson === lesson),
            ),
          ),
          row("all", runs),
        ],
      ),
    ],
  };
}
