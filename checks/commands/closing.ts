import type { RequirementResult, Result } from "../kit/result.ts";
import { type LessonName, labelOf, readmeOf } from "./lessons.ts";
import * as messages from "./messages.ts";
import { type Progress, isPassed } from "./progress.ts";
import type { Sentence } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** Under which circumstances a result came about. */
export interface Circumstances {
  lesson: LessonName;
  lessons: readonly LessonName[];
  /** Whose file was checked: the learner's in the lesson, another one of theirs, or ours. */
  kind: "lesson" | "entry" | "solution";
  isWatching: boolean;
  progress: Progress;
}

/** The last lines of a report: the verdict, how long it took, and what to type next. */
export function closing(
  result: Result,
  circumstances: Circumstances,
  terminal: Terminal,
): Sentence[] {
  const open = result.requirements.filter(
    ({ kind, status }) => kind === "stretch" && status !== "passed",
  );
  const sentences: Sentence[] = [
    { tone: tones[result.verdict], text: verdict(result, circumstances) },
  ];
  if (result.verdict === "passed" && open.length > 0)
    sentences.push({
      tone: "quiet",
      text: messages.stretchOpen(
        open.map(({ title }) => `${terminal.sign(messages.stretch)} ${title}`),
      ),
    });
  return [...sentences, { tone: "strong", text: next(result, circumstances) }];
}

const tones = {
  passed: "good",
  "not-yet": "strong",
  "could-not-tell": "hint",
} as const;

function verdict(
  { verdict: is, entry, ms, database, requirements }: Result,
  { lesson: { number }, kind }: Circumstances,
): string {
  const { engine, version } = database;
  const took = `${messages.seconds(ms)}${engine === null ? "" : messages.database[engine](version)}`;
  if (is === "could-not-tell") return messages.couldNotTell(took);
  if (is === "not-yet")
    return messages.notYet(...countBase(requirements), took);
  return kind === "lesson"
    ? messages.lessonPassed(number, took)
    : messages.filePassed(entry, number, took);
}

/** How many base requirements are met, and how many there are. */
export function countBase(
  requirements: readonly RequirementResult[],
): [met: number, of: number] {
  const base = requirements.filter(({ kind }) => kind === "base");
  return [base.filter(({ status }) => status === "passed").length, base.length];
}

/** The file that the next thing to do is about. */
function fileToChange({ entry, requirements }: Result): string {
  const failed = requirements.find(
    ({ kind, status }) => kind === "base" && status === "failed",
  );
  return failed?.file ?? entry;
}

function next(
  result: Result,
  { lesson, lessons, kind, isWatching, progress }: Circumstances,
): string {
  const { number } = lesson;
  const { verdict: is, entry } = result;
  const file = fileToChange(result);
  if (is === "could-not-tell") return messages.checkAgain(number);
  if (is === "not-yet") {
    if (kind === "solution") return messages.solutionFails;
    if (isWatching) return messages.mendAndSave(file, number);
    return kind === "entry"
      ? messages.mendFile(entry, number)
      : messages.mendAndCheck(file, number);
  }
  if (kind !== "lesson") return messages.checkOwn(number);
  const after = lessonAfter(lesson, lessons, progress);
  return after === undefined
    ? messages.allPassed(lessons.length)
    : messages.nextLesson(labelOf(after), readmeOf(after), after.number);
}

/** The next lesson that is not passed; behind the last one, the first that is not. */
function lessonAfter(
  lesson: LessonName,
  lessons: readonly LessonName[],
  progress: Progress,
): LessonName | undefined {
  const open = lessons.filter(
    (other) => other.name !== lesson.name && !isPassed(progress, other),
  );
  return open.find(({ number }) => number > lesson.number) ?? open[0];
}
