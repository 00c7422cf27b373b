import { readCommandLine } from "./command-line.ts";
import {
  type LessonName,
  currentLesson,
  labelOf,
  loadLesson,
  readLessons,
  readmeOf,
  titleOf,
} from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import {
  type FailedAt,
  type LessonProgress,
  type Progress,
  ProgressFile,
  hintsTold,
  isPassed,
} from "./progress.ts";
import { markedLines } from "./report.ts";
import { Terminal } from "./terminal.ts";

const options = {
  json: { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/** One lesson as `npm run list -- --json` prints it. */
interface Listed {
  lesson: string;
  number: string;
  title: string;
  state: "passed" | "started" | "new";
  tries: number;
  /** How many hints were told. */
  hints: number;
  /** Time spent on it, in milliseconds. */
  spent: number;
  first: string | null;
  last: string | null;
  /** Where the last check ended; `null` when it met everything. */
  failedAt: Pick<FailedAt, "requirement" | "times" | "since"> | null;
  /** Whether this is the one that `npm run check` checks. */
  current: boolean;
}

/** `npm run list`: every lesson, and how far the learner has come in it. */
export async function run(words: string[]): Promise<number> {
  const { values } = readCommandLine("list", words, options, 0);
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const terminal = new Terminal(values);
  if (values.json)
    terminal.writeLines([
      JSON.stringify({ version: 1, lessons: listOf(progress) }, null, 2),
    ]);
  else await tellList(progress, terminal);
  return 0;
}

/** Writes all lessons, one line each, and what to do next. */
export async function tellList(
  progress: Progress,
  terminal: Terminal,
): Promise<void> {
  const listed = listOf(progress);
  terminal.writeLines([
    ...listed.flatMap((lesson) => linesOf(lesson, terminal)),
    "",
    ...wrap(await nextStep(listed), terminal.width).map((line) =>
      terminal.paint("strong", line),
    ),
  ]);
}

function listOf(progress: Progress): Listed[] {
  const lessons = readLessons();
  const current = currentLesson(lessons, (lesson) =>
    isPassed(progress, lesson),
  );
  return lessons.map((lesson) =>
    describe(lesson, progress.lessons[lesson.name], lesson === current),
  );
}

async function nextStep(listed: readonly Listed[]): Promise<string> {
  const current = listed.find((lesson) => lesson.current);
  if (current === undefined || current.state === "passed")
    return messages.allPassed(listed.length);
  const { lesson: name, number, failedAt } = current;
  const label = labelOf({ name, number });
  if (failedAt === null)
    return messages.nextLesson(label, readmeOf({ name }), number);
  const { requirements } = await loadLesson(name);
  const asked = requirements.find(({ id }) => id === failedAt.requirement);
  return asked === undefined
    ? messages.requirementGone(number)
    : messages.nextRequirement(number, asked.title);
}

function describe(
  lesson: LessonName,
  kept: LessonProgress | undefined,
  current: boolean,
): Listed {
  return {
    lesson: lesson.name,
    number: lesson.number,
    title: titleOf(lesson),
    state: kept?.state ?? "new",
    tries: kept?.tries ?? 0,
    hints: kept === undefined ? 0 : hintsTold(kept),
    spent: kept?.spent ?? 0,
    first: kept?.first ?? null,
    last: kept?.last ?? null,
    failedAt: kept?.failedAt == null ? null : where(kept.failedAt),
    current,
  };
}

function where({ requirement, times, since }: FailedAt): Listed["failedAt"] {
  return { requirement, times, since };
}

const tones = { passed: "good", started: "hint", new: "quiet" } as const;
const WORD_WIDTH = messages.states.new.word.length;

function linesOf(
  { number, title, state, tries, spent, current }: Listed,
  terminal: Terminal,
): string[] {
  const notes = [
    ...(tries > 0 ? [messages.tries(tries)] : []),
    ...(spent > 0 ? [messages.duration(spent)] : []),
    ...(current ? [messages.youAreHere] : []),
  ];
  const rest = notes.length > 0 ? ` (${notes.join(", ")})` : "";
  const mark = {
    ...messages.states[state],
    width: WORD_WIDTH,
    tone: tones[state],
  };
  return markedLines(mark, `${number} ${title}${rest}`, terminal);
}
