import { lessonFile } from "../kit/lesson-files.ts";
import { shown } from "../kit/repository.ts";
import { type LessonName, labelOf, readmeOf } from "./lessons.ts";
import * as messages from "./messages.ts";

/** Which lesson it is, what to read and what to edit, and an empty line below. */
export function whereToBegin(lesson: LessonName): string[] {
  const places = messages.whereToBegin(
    labelOf(lesson),
    readmeOf(lesson),
    shown(lessonFile(lesson.name)),
  );
  return [...places.map(([label, text]) => `  ${label.padEnd(8)}${text}`), ""];
}
