import { exitStatus } from "../kit/result.ts";
import { readCommandLine } from "./command-line.ts";
import { INTERRUPTED, interrupted } from "./interruption.ts";
import { currentLesson, readLessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import { checkOne, subjectOf } from "./one-check.ts";
import { wrap } from "./paragraph.ts";
import { ProgressFile, isPassed } from "./progress.ts";
import { Terminal } from "./terminal.ts";
import { watch } from "./watch.ts";
import { whereToBegin } from "./where-to-begin.ts";

const options = {
  "no-page": { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/**
 * `npm start`: says where the learner is and what to open, opens the playground's page, and checks on
 * every save.
 *
 * Where nobody can watch, it checks once and ends. An unfinished lesson is then no failure: someone
 * who looks at the workshop for the first time has not failed at anything.
 */
export async function run(words: string[]): Promise<number> {
  const { values } = readCommandLine("start", words, options, 0);
  const terminal = new Terminal(values);
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const lessons = readLessons();
  const lesson = currentLesson(lessons, (one) => isPassed(progress, one));

  const opening = [
    ...messages.welcome.flatMap((text) => wrap(text, terminal.width)),
    "",
    ...whereToBegin(lesson),
  ];
  const subject = subjectOf(lesson, lessons);
  if (terminal.isScreen) {
    if (values["no-page"]) return watch(subject, values, opening);
    const { watchWithPage } = await import("./start-with-page.ts");
    return watchWithPage(subject, values, opening);
  }
  terminal.writeLines(opening);
  const verdict = await checkOne(subject, {
    plain: values.plain,
    json: false,
    isWatching: false,
    signal: interrupted,
    began: 0,
  });
  if (verdict === null) return INTERRUPTED;
  return verdict === "not-yet" ? 0 : exitStatus[verdict];
}
