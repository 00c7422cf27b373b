import { existsSync } from "node:fs";
import { join } from "node:path";
import { lessonFile } from "../kit/lesson-files.ts";
import type { Lesson } from "../kit/lesson.ts";
import { shown } from "../kit/repository.ts";
import { readCommandLine } from "./command-line.ts";
import {
  isUntouched,
  lessonFolder,
  programsIn,
  replaceFiles,
} from "./lesson-folder.ts";
import {
  type LessonName,
  type Lessons,
  findLesson,
  labelOf,
  loadLesson,
  readLessons,
  readmeOf,
} from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import { ProgressFile, isPassed } from "./progress.ts";
import { Terminal } from "./terminal.ts";
import { WrongUsage } from "./wrong-usage.ts";

const options = { plain: { type: "boolean", default: false } } as const;

/**
 * `npm run carry 04`: what the learner wrote in the lesson before becomes the start of this one, and
 * what the lesson adds is told.
 */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine("carry", words, options, 1);
  const [word] = positionals;
  if (word === undefined)
    throw new WrongUsage(messages.wrongUsage("carry", messages.nameLesson));
  const lessons = readLessons();
  const lesson = findLesson(word, lessons);
  const contract = await loadLesson(lesson.name);
  const before = lessonBefore(lesson, contract, lessons);
  if (before === undefined)
    throw new WrongUsage(messages.beginsAnew(lesson.number));
  if (!existsSync(lessonFile(before.name)) || isUntouched(before.name))
    throw new WrongUsage(messages.nothingToCarry(lesson.number, before.number));

  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const from = lessonFolder(before.name);
  const { changed, kept } = replaceFiles(
    lesson.name,
    programsIn(from).map((name) => ({ name, path: join(from, name) })),
  );
  const said = [
    changed.length === 0
      ? messages.alreadyCarried(shown(from))
      : messages.carried(changed, shown(from)),
    ...(kept === null ? [] : [messages.keptIn(kept)]),
    ...(isPassed(progress, before) ? [] : [messages.notPassed(before.number)]),
  ];
  const added = whatIsNew(contract, await loadLesson(before.name));
  const terminal = new Terminal(values);
  const write = (texts: readonly string[]) =>
    terminal.writeLines(texts.flatMap((text) => wrap(text, terminal.width)));
  write(said);
  terminal.writeLines(["", messages.whatIsNew(labelOf(lesson))]);
  terminal.writeLines(
    added.flatMap((title) =>
      wrap(title, terminal.width - 4).map((line, index) =>
        index === 0 ? `  - ${line}` : `    ${line}`,
      ),
    ),
  );
  terminal.writeLines([""]);
  write([messages.readAndCheck(readmeOf(lesson), lesson.number)]);
  return 0;
}

/** The lesson whose server this one goes on with, if there is one. */
export function lessonBefore(
  lesson: LessonName,
  { buildsOn }: Lesson,
  lessons: Lessons,
): LessonName | undefined {
  if (buildsOn !== undefined)
    return lessons.find(({ name }) => name === buildsOn);
  return lessons[lessons.indexOf(lesson) - 1];
}

/** The requirements of the base that the lesson before does not have. */
function whatIsNew(lesson: Lesson, before: Lesson): string[] {
  const known = new Set(before.requirements.map(({ title }) => title));
  return lesson.requirements
    .filter(({ kind, title }) => kind === "base" && !known.has(title))
    .map(({ title }) => title);
}
