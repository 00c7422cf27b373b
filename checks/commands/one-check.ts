import { runCheck } from "../kit/check-run.ts";
import { lessonFile, solutionFile } from "../kit/lesson-files.ts";
import type { Lesson, Needs } from "../kit/lesson.ts";
import type { RequirementResult, Result, Verdict } from "../kit/result.ts";
import { type LessonName, type Lessons, loadLesson } from "./lessons.ts";

/** What is checked: the file of a lesson that the learner writes, another one, or the solution. */
export interface Subject {
  lesson: LessonName;
  lessons: Lessons;
  kind: "lesson" | "entry" | "solution";
  /** Absolute path of the file. */
  entry: string;
  /** What its server needs, where another lesson's check is run against it. */
  needs?: Needs | undefined;
}

export function subjectOf(
  lesson: LessonName,
  lessons: Lessons,
  { entry, solution }: { entry?: string | undefined; solution?: boolean } = {},
): Subject {
  if (entry !== undefined) return { lesson, lessons, kind: "entry", entry };
  return solution
    ? { lesson, lessons, kind: "solution", entry: solutionFile(lesson.name) }
    : { lesson, lessons, kind: "lesson", entry: lessonFile(lesson.name) };
}

/** How a check is told. */
export interface TellingManner {
  /** Words instead of signs and colours, even on a terminal. */
  plain: boolean;
  /** Lines of the terminal that something else needs. */
  linesTaken?: number;
  /** The result instead of the report. */
  json: boolean;
  isWatching: boolean;
  /** Whether a key does what otherwise a command does. */
  hasKeys?: boolean;
}

export interface Manner extends TellingManner {
  /** Ends the check: it then tells nothing and keeps nothing. */
  signal: AbortSignal;
  /** When the check began, on the clock of `performance.now()`: the process's start is 0. */
  began: number;
}

/**
 * Checks one file, keeps the progress if it is the lesson's own, and tells the result.
 *
 * @returns `null` when the check was ended before its verdict
 */
export async function checkOne(
  subject: Subject,
  manner: Manner,
): Promise<Verdict | null> {
  const lesson = await loadLesson(subject.lesson.name);
  const judging = judge(subject, lesson, manner, (requirement) => {
    void telling.then((tell) => tell.add(requirement));
  });
  // What tells of it is loaded while the server starts, which takes longer.
  const telling = import("./telling.ts").then(
    ({ Telling }) => new Telling(subject, manner),
  );
  const [result, tell] = await Promise.all([judging, telling]);
  if (result === null) return null;
  await tell.finish(result, lesson);
  return result.verdict;
}

/** The result of a check, or `null` when it was ended by the signal. */
export async function judge(
  { entry, needs }: Subject,
  lesson: Lesson,
  { signal, began }: Pick<Manner, "signal" | "began">,
  onResult: (result: RequirementResult) => void = () => {},
): Promise<Result | null> {
  try {
    const result = await runCheck(
      lesson,
      { entry, signal, needs, onDownload: downloadTeller() },
      (requirement) => {
        if (!signal.aborted) onResult(requirement);
      },
    );
    return signal.aborted
      ? null
      : { ...result, ms: Math.round(performance.now() - began) };
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** A download is offered where somebody can watch it, and break it off. */
export function downloadTeller(): ((line: string) => void) | undefined {
  const canWatch = process.stdout.isTTY === true && !process.env.CI;
  return canWatch ? (line) => process.stderr.write(`${line}\n`) : undefined;
}
