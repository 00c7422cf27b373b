import { statSync } from "node:fs";
import { resolve } from "node:path";
import { readCommandLine, typedFrom } from "./command-line.ts";
import { type LessonName, loadLesson, readLessons } from "./lessons.ts";
import { toTheMinute } from "./local-time.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import { type Skipped, collect } from "./summary/collect.ts";
import {
  type Overview,
  type Row,
  type Stop,
  overviewOf,
} from "./summary/overview.ts";
import { type Column, table } from "./table.ts";
import { Terminal } from "./terminal.ts";
import { WrongUsage } from "./wrong-usage.ts";

const options = {
  json: { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/** How many requirements, and how many people, are named below the table. */
const MOST = 5;
/** Characters of a name in the table. */
const LONGEST_NAME = 24;

const say = messages.summary;

/**
 * `npm run summary DIR`: where each learner of a class is, from their progress files. It reads files
 * and sends nothing anywhere.
 */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine("summary", words, options, 1);
  const folder = findFolder(positionals[0]);
  const { learners, skipped } = collect(folder);
  if (learners.length === 0 && skipped.length === 0)
    throw new WrongUsage(say.nobody(positionals[0] ?? folder));
  const lessons = readLessons();
  const overview = overviewOf(learners, lessons);
  const terminal = new Terminal(values);
  const titles = await titlesOf(overview.stops);
  terminal.writeLines(
    values.json
      ? [JSON.stringify(forPrograms(overview, skipped, titles), null, 2)]
      : linesOf(overview, skipped, titles, lessons, terminal),
  );
  return 0;
}

/** @throws {WrongUsage} when none is named, or what is named is none */
function findFolder(typed: string | undefined): string {
  if (typed === undefined)
    throw new WrongUsage(messages.wrongUsage("summary", say.nameFolder));
  const folder = resolve(typedFrom(), typed);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new WrongUsage(say.folderMissing(typed));
  if (!stats.isDirectory()) throw new WrongUsage(say.notAFolder(typed));
  return folder;
}

/** What a requirement is called, by the lesson's folder and the requirement's id. */
type TitleOf = (lesson: string, requirement: string) => string;

async function titlesOf(stops: readonly Stop[]): Promise<TitleOf> {
  const names = new Set(stops.map(({ lesson }) => lesson));
  const contracts = await Promise.all([...names].map(loadLesson));
  return (lesson, requirement) =>
    contracts
      .find(({ name }) => name === lesson)
      ?.requirements.find(({ id }) => id === requirement)?.title ??
    // Of another version of the workshop.
    requirement.replaceAll(/\p{C}/gu, "\uFFFD");
}

function forPrograms(
  { learners, lessons, stops, stuck }: Overview,
  skipped: readonly Skipped[],
  titleOf: TitleOf,
) {
  return {
    version: 1,
    learners,
    lessons,
    stops: stops.map((stop) => ({
      ...stop,
      title: titleOf(stop.lesson, stop.requirement),
    })),
    stuck,
    skipped,
  };
}

function linesOf(
  { learners, lessons, stops, stuck }: Overview,
  skipped: readonly Skipped[],
  titleOf: TitleOf,
  names: readonly LessonName[],
  terminal: Terminal,
): string[] {
  const width = terminal.isScreen ? terminal.columns : Infinity;
  const strong = (text: string) => terminal.paint("strong", text);
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", strong(heading), ...lines];
  const count = (state: Row["state"]) =>
    learners.filter((row) => row.state === state).length;
  const [headings = "", ...rows] = table(
    columns,
    learners.map((row) => cellsOf(row, names.length, titleOf)),
    width,
  );
  const byName = new Map(learners.map((row) => [row.name, row]));
  return [
    ...wrap(
      say.learners(
        learners.length,
        count("all-passed"),
        count("under-way"),
        count("not-begun"),
      ),
      terminal.width,
    ),
    ...section(headings, rows),
    ...section(
      say.lessons,
      table(
        lessonColumns,
        lessons.map(({ lesson, passed, here }) => [
          numberOf(lesson),
          String(passed),
          String(here),
        ]),
        width,
      ),
    ),
    ...section(
      say.stops,
      stops
        .slice(0, MOST)
        .flatMap(({ lesson, requirement, learners: stopped }) =>
          item(
            say.stop(
              stopped.length,
              numberOf(lesson),
              titleOf(lesson, requirement),
              stopped,
            ),
            terminal,
          ),
        ),
    ),
    ...section(
      say.stuck,
      stuck.slice(0, MOST).flatMap((name) => {
        const row = byName.get(name);
        return row === undefined ? [] : item(stuckLine(row, titleOf), terminal);
      }),
    ),
    ...section(
      say.skipped,
      skipped.flatMap(({ file, why }) =>
        item(say.skippedFile(file, why), terminal),
      ),
    ),
  ];
}

const columns: readonly Column[] = [
  { heading: say.columns.name, most: LONGEST_NAME },
  { heading: say.columns.passed, isFigure: true },
  { heading: say.columns.lesson },
  { heading: say.columns.tries, isFigure: true },
  { heading: say.columns.hints, isFigure: true },
  { heading: say.columns.spent },
  { heading: say.columns.last },
  { heading: say.columns.failedAt },
];

const lessonColumns: readonly Column[] = [
  { heading: say.columns.lesson },
  { heading: say.columns.passed, isFigure: true },
  { heading: say.columns.here, isFigure: true },
];

function cellsOf(row: Row, lessons: number, titleOf: TitleOf): string[] {
  const { name, passed, lesson, tries, hints, spent, last, failedAt } = row;
  return [
    name,
    `${passed}/${lessons}`,
    lesson === null ? say.done : numberOf(lesson),
    String(tries),
    String(hints),
    spent === 0 ? "" : messages.duration(spent),
    momentOf(last),
    lesson === null || failedAt === null
      ? ""
      : titleOf(lesson, failedAt.requirement),
  ];
}

function stuckLine({ name, lesson, failedAt }: Row, titleOf: TitleOf): string {
  if (lesson === null || failedAt === null) return name;
  const { requirement, times, since, spent } = failedAt;
  return say.stuckAt(
    name,
    messages.duration(spent),
    times,
    momentOf(since),
    numberOf(lesson),
    titleOf(lesson, requirement),
  );
}

/** Nothing for what is no moment: the file may have been written by hand. */
function momentOf(iso: string | null): string {
  const at = new Date(iso ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? "" : toTheMinute(at);
}

function numberOf(lesson: string): string {
  return lesson.slice(0, 2);
}

function item(text: string, terminal: Terminal): string[] {
  return wrap(text, terminal.width - 4).map((line, index) =>
    index === 0 ? `  - ${line}` : `    ${line}`,
  );
}
