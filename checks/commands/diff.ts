import { existsSync } from "node:fs";
import { join } from "node:path";
import { solutionFolder } from "../kit/lesson-files.ts";
import { shown } from "../kit/repository.ts";
import { readCommandLine } from "./command-line.ts";
import { compare } from "./comparison.ts";
import { isUntouched, lessonFolder, programsIn } from "./lesson-folder.ts";
import {
  type LessonName,
  currentLesson,
  findLesson,
  readLessons,
  titleOf,
} from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import { type Progress, ProgressFile, isPassed } from "./progress.ts";
import { confirm } from "./question.ts";
import { Terminal } from "./terminal.ts";
import { WrongUsage } from "./wrong-usage.ts";

const options = {
  yes: { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/** `npm run diff`: what the learner wrote beside the solution. It asks those who have not tried. */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine("diff", words, options, 1);
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const lessons = readLessons();
  const lesson =
    positionals[0] === undefined
      ? currentLesson(lessons, (one) => isPassed(progress, one))
      : findLesson(positionals[0], lessons);
  const terminal = new Terminal(values);
  if (!values.yes && !hasTried(progress, lesson)) {
    if (!process.stdin.isTTY || !terminal.isScreen)
      throw new WrongUsage(messages.showSolutionUnasked(lesson.number));
    if (!(await confirm(messages.showSolution(lesson.number)))) {
      terminal.writeLines(
        wrap(messages.notShown(lesson.number), terminal.width),
      );
      return 0;
    }
  }
  tellDiff(lesson, terminal);
  return 0;
}

/** A check of the mere starter, as `npm start` does it, is no try. */
export function hasTried(progress: Progress, lesson: LessonName): boolean {
  return (
    isPassed(progress, lesson) ||
    (lesson.name in progress.lessons && !isUntouched(lesson.name))
  );
}

/**
 * Shows what the learner wrote beside the solution, file by file.
 *
 * @throws {WrongUsage} when the solution is not there
 */
export function tellDiff(lesson: LessonName, terminal: Terminal): void {
  const { name, number } = lesson;
  const folders = { own: lessonFolder(name), solution: solutionFolder(name) };
  if (!existsSync(folders.solution))
    throw new WrongUsage(messages.noSolution(shown(folders.solution)));
  const files = new Set(Object.values(folders).flatMap(programsIn));
  const notes = join(folders.solution, "README.md");
  const ofNotes = existsSync(notes) ? shown(notes) : null;
  const closing = messages.diffClosing(number, ofNotes);
  const heading = messages.diffHeading(number, titleOf(lesson));
  terminal.writeLines([
    terminal.paint("strong", heading),
    ...[...files]
      .sort()
      .flatMap((file) => ["", ...compare(file, folders, terminal)]),
    "",
    ...wrap(closing, terminal.width),
  ]);
}
