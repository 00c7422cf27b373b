import { solutionFile } from "../kit/lesson-files.ts";
import type { Requirement } from "../kit/lesson.ts";
import { shown } from "../kit/repository.ts";
import { readCommandLine } from "./command-line.ts";
import {
  type LessonName,
  currentLesson,
  findLesson,
  loadLesson,
  readLessons,
  titleOf,
} from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import {
  type FailedAt,
  type LessonProgress,
  ProgressFile,
  isPassed,
} from "./progress.ts";
import { Terminal, type Tone } from "./terminal.ts";

const options = {
  "all-levels": { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/** `npm run hint`: the next hint of the requirement at which the last check ended. */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine("hint", words, options, 1);
  const file = new ProgressFile();
  const { progress, notice } = await file.read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const lessons = readLessons();
  const lesson =
    positionals[0] === undefined
      ? currentLesson(lessons, (one) => isPassed(progress, one))
      : findLesson(positionals[0], lessons);
  const kept = progress.lessons[lesson.name];
  const asked =
    kept?.failedAt == null
      ? undefined
      : await requirementAt(lesson, kept.failedAt);

  const terminal = new Terminal(values);
  const say = (text: string, tone?: Tone) =>
    terminal.writeLines(
      wrap(text, terminal.width).map((line) =>
        tone ? terminal.paint(tone, line) : line,
      ),
    );
  if (kept?.failedAt == null || asked === undefined) {
    say(nothingToHint(lesson, kept));
    return 0;
  }

  const { id, title, hints } = asked;
  const level = values["all-levels"]
    ? hints.length
    : Math.min((kept.hints[id] ?? 0) + 1, hints.length);
  say(messages.heading(lesson.number, titleOf(lesson)), "strong");
  say(messages.hintFor(title));
  terminal.writeLines([""]);
  if (kept.failedAt.fault !== null) say(messages.faultFirst);
  for (let each = values["all-levels"] ? 1 : level; each <= level; each++)
    say(messages.hintOf(each, hints.length, hints[each - 1] ?? ""), "hint");
  terminal.writeLines([""]);
  say(
    level < hints.length
      ? messages.moreHints(lesson.number)
      : messages.noMoreHints(lesson.number, shown(solutionFile(lesson.name))),
  );

  const { notice: problem } = await file.change((changed) => {
    const entry = changed.lessons[lesson.name];
    if (entry !== undefined) entry.hints[id] = level;
  });
  if (problem !== null) process.stderr.write(`${problem}\n`);
  return 0;
}

async function requirementAt(
  { name }: LessonName,
  { requirement }: FailedAt,
): Promise<Requirement | undefined> {
  const { requirements } = await loadLesson(name);
  return requirements.find(({ id }) => id === requirement);
}

function nothingToHint(
  { number }: LessonName,
  kept: LessonProgress | undefined,
): string {
  if (kept === undefined) return messages.checkFirst(number);
  return kept.failedAt === null
    ? messages.noHintNeeded(number)
    : messages.requirementGone(number);
}
