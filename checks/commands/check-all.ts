import { type Result, type Verdict, exitStatus } from "../kit/result.ts";
import type { CheckRequest } from "./check-request.ts";
import { countBase } from "./closing.ts";
import { INTERRUPTED, interrupted } from "./interruption.ts";
import { labelOf, loadLesson, readLessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import { judge, subjectOf } from "./one-check.ts";
import { ProgressFile, enter } from "./progress.ts";
import { isOpen, statusLines } from "./report.ts";
import { Terminal } from "./terminal.ts";

/** `npm run check -- --all`: every lesson, one line each; or a JSON array of their results. */
export async function checkAll({
  json,
  plain,
  solution,
}: CheckRequest): Promise<number> {
  const terminal = new Terminal({ plain });
  const lessons = readLessons();
  const results: Result[] = [];
  for (const name of lessons) {
    const began = performance.now();
    const lesson = await loadLesson(name.name);
    const subject = subjectOf(name, lessons, { solution });
    const result = await judge(subject, lesson, {
      signal: interrupted,
      began,
    });
    if (result === null) return INTERRUPTED;
    results.push(result);
    // An overview is no try of each lesson, but what it finds passed is passed.
    if (!solution && result.verdict === "passed")
      await keep((progress) => enter(progress, result, lesson.requirements));
    if (!json)
      terminal.writeLines(overviewLines(labelOf(name), result, terminal));
  }
  terminal.writeLines(
    json ? [JSON.stringify(results, null, 2)] : ["", summary(results)],
  );
  return exitStatus[worst(results)];
}

const keep: ProgressFile["change"] = async (change) => {
  const kept = await new ProgressFile().change(change);
  if (kept.notice !== null) process.stderr.write(`${kept.notice}\n`);
  return kept;
};

/** How a check of a whole lesson went, as one line. */
export function overviewLines(
  label: string,
  { verdict, requirements }: Result,
  terminal: Terminal,
): string[] {
  const open = requirements.find(isOpen);
  const rest =
    verdict === "passed" || open === undefined
      ? ""
      : `: ${messages.firstOpen(...countBase(requirements), open.title)}`;
  return statusLines(statusOf[verdict], `${label}${rest}`, terminal);
}

const statusOf = {
  passed: "passed",
  "not-yet": "failed",
  "could-not-tell": "could-not-tell",
} as const satisfies Record<Verdict, string>;

function summary(results: readonly Result[]): string {
  const passed = results.filter(({ verdict }) => verdict === "passed").length;
  const took = messages.seconds(performance.now());
  return messages.passedOf(passed, results.length, took);
}

/** A lesson that is not passed says more than one that could not be judged. */
export function worst(results: readonly Result[]): Verdict {
  const verdicts = new Set(results.map(({ verdict }) => verdict));
  if (verdicts.has("not-yet")) return "not-yet";
  return verdicts.has("could-not-tell") ? "could-not-tell" : "passed";
}
