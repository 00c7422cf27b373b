import { existsSync, readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Lesson } from "../kit/lesson.ts";
import { compiledFolder } from "../kit/compiled.ts";
import { root } from "../kit/repository.ts";
import * as messages from "./messages.ts";
import { WrongUsage } from "./wrong-usage.ts";

/** A lesson as the commands name it. */
export interface LessonName {
  /** Its folder, such as `03-who-hears-it`. */
  name: string;
  /** As it is typed, such as `03`. */
  number: string;
}

export type Lessons = readonly [LessonName, ...LessonName[]];

/**
 * Every lesson, in their order.
 *
 * @throws {Error} when there is none
 */
export function readLessons(): Lessons {
  const [first, ...others] = readdirSync(join(root, "lessons"))
    .filter((name) => /^\d\d-/.test(name))
    .sort()
    .map((name) => ({ name, number: name.slice(0, 2) }));
  if (first === undefined) throw new Error(messages.noLessons);
  return [first, ...others];
}

/** Where a learner stands: at the first lesson that is not passed, at last at the last one. */
export function currentLesson(
  lessons: Lessons,
  isPassed: (lesson: LessonName) => boolean,
): LessonName {
  return (
    lessons.find((lesson) => !isPassed(lesson)) ?? lessons.at(-1) ?? lessons[0]
  );
}

/**
 * The lesson that was meant: by its number, its folder, or a part of the folder's name that no
 * other has.
 *
 * @throws {WrongUsage} when there is none, or when there are several
 */
export function findLesson(
  word: string,
  lessons: readonly LessonName[],
): LessonName {
  const wanted = withoutPath(word).toLowerCase();
  const exact = lessons.filter(
    ({ name, number }) =>
      name === wanted || Number(number) === asNumber(wanted),
  );
  const found =
    exact.length > 0
      ? exact
      : lessons.filter(
          ({ name }) => wanted !== "" && name.slice(3).includes(wanted),
        );
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw new WrongUsage(
    first === undefined
      ? messages.noSuchLesson(word, lessons.map(labelOf))
      : messages.severalLessons(word, found.map(labelOf)),
  );
}

/** Shells complete a folder's name to `lessons/03-who-hears-it/`. */
function withoutPath(word: string): string {
  return word.split(/[\\/]/).find((part) => /^\d\d-/.test(part)) ?? word;
}

function asNumber(word: string): number {
  return /^\d+$/.test(word) ? Number(word) : Number.NaN;
}

/** `03 Who hears it?` */
export function labelOf(lesson: LessonName): string {
  return `${lesson.number} ${titleOf(lesson)}`;
}

/** The first heading of the lesson's README without its number; else the folder's name. */
export function titleOf({ name }: LessonName): string {
  let heading: string | undefined;
  try {
    const readme = readFileSync(join(root, readmeOf({ name })), "utf8");
    heading = /^#\s+(?:\d\d\W*\s)?(.*\S)/m.exec(readme)?.[1];
  } catch {
    // The README may be missing while a lesson is being written.
  }
  return heading ?? name.slice(3).replaceAll("-", " ");
}

/** From the repository's root, as a learner reads it. */
export function readmeOf({ name }: Pick<LessonName, "name">): string {
  return `lessons/${name}/README.md`;
}

/**
 * The lesson's contract: its `check.ts`, or what it was compiled to.
 *
 * @throws {Error} when it is missing
 */
export async function loadLesson(name: string): Promise<Lesson> {
  const file = join(
    compiledFolder ?? join(root, "checks"),
    name,
    `check${extname(import.meta.filename)}`,
  );
  if (!existsSync(file)) throw new Error(messages.noCheck(name));
  const { default: lesson } = (await import(pathToFileURL(file).href)) as {
    default: Lesson;
  };
  return lesson;
}
