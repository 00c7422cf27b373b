import type { Lesson, Requirement } from "../kit/lesson.ts";
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
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const lessons = readLessons();
  const lesson =
    positionals[0] === undefined
      ? currentLesson(lessons, (one) => isPassed(progress, one))
      : findLesson(positionals[0], lessons);
  await tellHint(lesson, new Terminal(values), {
    allLevels: values["all-levels"],
  });
  return 0;
}

/** Tells the next hint of a lesson, or why there is none, and keeps which ones were told. */
export async function tellHint(
  lesson: LessonName,
  terminal: Terminal,
  { allLevels = false, closing = true } = {},
): Promise<void> {
  const file = new ProgressFile();
  const { progress } = await file.read();
  const kept = progress.lessons[lesson.name];
  const say = (text: string, tone?: Tone) =>
    terminal.writeLines(
      wrap(text, terminal.width).map((line) =>
        tone ? terminal.paint(tone, line) : line,
      ),
    );
  if (kept?.failedAt == null) return say(nothingToHint(lesson, kept));
  const contract = await loadLesson(lesson.name);
  const asked = requirementAt(contract, kept.failedAt);
  if (asked === undefined) return say(messages.requirementGone(lesson.number));

  const { id, title, hints } = asked;
  const told = kept.hints[id] ?? 0;
  const level = allLevels ? hints.length : Math.min(told + 1, hints.length);
  say(messages.heading(lesson.number, titleOf(lesson)), "strong");
  say(messages.hintFor(title));
  terminal.writeLines([""]);
  if (kept.failedAt.fault !== null) say(messages.faultFirst);
  const ofMistake = hintOfMistake(contract, asked, kept.failedAt);
  if (ofMistake !== undefined) say(messages.hintOfMistake(ofMistake));
  for (let each = allLevels ? 1 : level; each <= level; each++)
    say(messages.hintOf(each, hints.length, hints[each - 1] ?? ""), "hint");
  if (closing) {
    terminal.writeLines([""]);
    say(
      level < hints.length
        ? messages.moreHints(lesson.number)
        : messages.noMoreHints(lesson.number),
    );
  }

  const { notice } = await file.change((changed) => {
    const entry = changed.lessons[lesson.name];
    if (entry !== undefined)
      entry.hints[id] = Math.max(level, entry.hints[id] ?? 0);
  });
  if (notice !== null) process.stderr.write(`${notice}\n`);
}

function requirementAt(
  { requirements }: Lesson,
  { requirement }: FailedAt,
): Requirement | undefined {
  return requirements.find(({ id }) => id === requirement);
}

/** The hint that the check gave, if it recognised a mistake. */
function hintOfMistake(
  lesson: Lesson,
  requirement: Requirement,
  { mistake }: FailedAt,
): string | undefined {
  return [...(requirement.mistakes ?? []), ...(lesson.mistakes ?? [])].find(
    ({ id }) => id === mistake,
  )?.hint;
}

function nothingToHint(
  { number }: LessonName,
  kept: LessonProgress | undefined,
): string {
  return kept === undefined
    ? messages.checkFirst(number)
    : messages.noHintNeeded(number);
}
