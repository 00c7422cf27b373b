import { type Result, exitStatus } from "../kit/result.ts";
import { overviewLines, worst } from "./check-all.ts";
import type { CheckRequest } from "./check-request.ts";
import { INTERRUPTED, interrupted } from "./interruption.ts";
import { labelOf, loadLesson } from "./lessons.ts";
import * as messages from "./messages.ts";
import { type Subject, checkOne, judge } from "./one-check.ts";
import { Terminal } from "./terminal.ts";

/**
 * `npm run check -- 08 --earlier`: the lesson, and then every earlier one whose contract its server
 * keeps, one line each; or a JSON array of their results, the lesson's own first.
 *
 * Clients of the earlier checks bring what this lesson's server asks for, such as a token.
 */
export async function checkEarlier(
  subject: Subject,
  { json, plain }: CheckRequest,
): Promise<number> {
  const own = await loadLesson(subject.lesson.name);
  const manner = {
    plain,
    json,
    isWatching: false,
    signal: interrupted,
    began: 0,
  };
  const results: Result[] = [];
  if (json) {
    const result = await judge(subject, own, manner);
    if (result === null) return INTERRUPTED;
    results.push(result);
  } else {
    const verdict = await checkOne(subject, manner);
    if (verdict === null) return INTERRUPTED;
    // One thing at a time: what is red here comes first.
    if (verdict !== "passed") return exitStatus[verdict];
  }

  const terminal = new Terminal({ plain });
  const earlier = subject.lessons.filter(({ name }) =>
    own.keeps?.includes(name),
  );
  if (!json) terminal.writeLines(["", messages.earlierHeading(earlier.length)]);
  for (const lesson of earlier) {
    const began = performance.now();
    const result = await judge(
      { ...subject, needs: own.needs },
      await loadLesson(lesson.name),
      { ...manner, began },
    );
    if (result === null) return INTERRUPTED;
    results.push(result);
    if (!json)
      terminal.writeLines(overviewLines(labelOf(lesson), result, terminal));
  }
  if (json) terminal.writeLines([JSON.stringify(results, null, 2)]);
  return exitStatus[worst(results)];
}
