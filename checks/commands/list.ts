import { readCommandLine } from "./command-line.ts";
import {
  type LessonName,
  currentLesson,
  readLessons,
  titleOf,
} from "./lessons.ts";
import * as messages from "./messages.ts";
import { type LessonProgress, ProgressFile, isPassed } from "./progress.ts";
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
  first: string | null;
  last: string | null;
  /** Whether this is the one that `npm run check` checks. */
  current: boolean;
}

/** `npm run list`: every lesson, and how far the learner has come in it. */
export async function run(words: string[]): Promise<number> {
  const { values } = readCommandLine("list", words, options, 0);
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const lessons = readLessons();
  const current = currentLesson(lessons, (lesson) =>
    isPassed(progress, lesson),
  );
  const listed = lessons.map((lesson) =>
    describe(lesson, progress.lessons[lesson.name], lesson === current),
  );
  const terminal = new Terminal(values);
  terminal.writeLines(
    values.json
      ? [JSON.stringify({ version: 1, lessons: listed }, null, 2)]
      : listed.map((lesson) => lineOf(lesson, terminal)),
  );
  return 0;
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
    first: kept?.first ?? null,
    last: kept?.last ?? null,
    current,
  };
}

const tones = { passed: "good", started: "hint", new: "quiet" } as const;

function lineOf(
  { number, title, state, tries, current }: Listed,
  terminal: Terminal,
): string {
  const sign = terminal.sign(messages.states[state]);
  const mark = sign.length > 1 ? sign.padEnd(WORD_WIDTH) : sign;
  const notes = [
    ...(tries > 0 ? [messages.tries(tries)] : []),
    ...(current ? [messages.youAreHere] : []),
  ];
  const rest = notes.length > 0 ? ` (${notes.join(", ")})` : "";
  return `${terminal.paint(tones[state], mark)} ${number} ${title}${terminal.paint("quiet", rest)}`;
}

const WORD_WIDTH = messages.states.new.word.length;
