import { exitStatus } from "../kit/result.ts";
import { readCheckRequest } from "./check-request.ts";
import { INTERRUPTED, interrupted } from "./interruption.ts";
import {
  type LessonName,
  type Lessons,
  currentLesson,
  findLesson,
  readLessons,
} from "./lessons.ts";
import { checkOne, subjectOf } from "./one-check.ts";

/** `npm run check`: checks one lesson, or all of them. */
export async function run(words: string[]): Promise<number> {
  const request = readCheckRequest(words);
  if (request.all) {
    const { checkAll } = await import("./check-all.ts");
    return checkAll(request);
  }
  const lessons = readLessons();
  const lesson =
    request.lesson === undefined
      ? await current(lessons)
      : findLesson(request.lesson, lessons);
  const subject = subjectOf(lesson, lessons, request);
  if (request.watch) {
    const { watch } = await import("./watch.ts");
    return watch(subject, request);
  }
  if (request.earlier) {
    const { checkEarlier } = await import("./check-earlier.ts");
    return checkEarlier(subject, request);
  }
  const verdict = await checkOne(subject, {
    plain: request.plain,
    json: request.json,
    isWatching: false,
    signal: interrupted,
    began: 0,
  });
  return verdict === null ? INTERRUPTED : exitStatus[verdict];
}

async function current(lessons: Lessons): Promise<LessonName> {
  const { ProgressFile, isPassed } = await import("./progress.ts");
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  return currentLesson(lessons, (lesson) => isPassed(progress, lesson));
}
