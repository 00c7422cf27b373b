import type { RequirementResult, Result } from "../kit/result.ts";
import * as messages from "./messages.ts";
import { shorten, wrap } from "./paragraph.ts";
import type { Terminal, Tone } from "./terminal.ts";

/** A sentence of a report, in its tone. */
export interface Sentence {
  tone: Tone;
  text: string;
}

/** What a report tells. */
export interface Told {
  heading: string;
  result: Result;
  /** The verdict, and what to type next. */
  closing: readonly Sentence[];
}

/**
 * A check's result as a learner reads it: one line for each requirement, under the first that is
 * not met what happened there, then the verdict and what to type next.
 *
 * It is made to fit `height` lines: first the requirements that are met become one line, then
 * those not reached, then the oldest lines of the console are left out, and at last long texts end
 * early. What matters most, the hint and what to do next, is never cut.
 */
export function report(
  told: Told,
  terminal: Terminal,
  height = terminal.height,
): string[] {
  let lines: string[] = [];
  for (const room of rooms) {
    lines = layOut(told, terminal, room);
    if (lines.length <= height) break;
  }
  return lines;
}

type Status = RequirementResult["status"];

/** How much of each part is shown. */
interface Room {
  /** Requirements that stand so share one line. */
  inOneLine: readonly Status[];
  consoleLines: number;
  linesOfText: number;
}

const rooms: readonly Room[] = [
  { inOneLine: [], consoleLines: 12, linesOfText: 4 },
  { inOneLine: ["passed"], consoleLines: 12, linesOfText: 4 },
  ...[12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((consoleLines) => ({
    inOneLine: ["passed", "skipped"] as const,
    consoleLines,
    linesOfText: 4,
  })),
  ...[3, 2].map((few) => ({
    inOneLine: ["passed", "skipped"] as const,
    consoleLines: few,
    linesOfText: few,
  })),
];

function layOut(
  { heading, result: { requirements, server }, closing }: Told,
  terminal: Terminal,
  room: Room,
): string[] {
  const count = (status: Status) =>
    requirements.filter((requirement) => requirement.status === status).length;
  const isTogether = (status: Status) =>
    room.inOneLine.includes(status) && count(status) > 1;
  const together = (status: Status, say: (count: number) => string) =>
    isTogether(status) ? statusLines(status, say(count(status)), terminal) : [];
  const open = requirements.find(isOpen);
  return [
    ...openingLines(heading, terminal),
    ...together("passed", messages.someMet),
    ...requirements
      .filter(({ status }) => !isTogether(status))
      .flatMap((requirement) => [
        ...requirementLines(requirement, terminal),
        ...(requirement === open
          ? whatHappened(requirement, server, terminal, room)
          : []),
      ]),
    ...together("skipped", messages.someSkipped),
    "",
    ...(open === undefined ? noticeLines(server, terminal) : []),
    ...closing.flatMap(({ tone, text }) =>
      wrap(text, terminal.width).map((line) => terminal.paint(tone, line)),
    ),
  ];
}

/** What was noticed although nothing is wrong. */
function noticeLines(
  { notices }: Result["server"],
  terminal: Terminal,
): string[] {
  return notices.flatMap(({ message }) =>
    wrap(`${messages.labels.notice} ${message}`, terminal.width),
  );
}

/** What a report begins with, before anything is judged. */
export function openingLines(heading: string, terminal: Terminal): string[] {
  return [
    ...wrap(heading, terminal.width).map((line) =>
      terminal.paint("strong", line),
    ),
    "",
  ];
}

/** A requirement that was tried and is not met. */
export function isOpen({ status }: RequirementResult): boolean {
  return status === "failed" || status === "could-not-tell";
}

const tones: Readonly<Record<Status, Tone>> = {
  passed: "good",
  failed: "bad",
  skipped: "quiet",
  "could-not-tell": "hint",
};

/** One requirement, as one line where its title is not longer than that. */
export function requirementLines(
  { status, kind, title }: RequirementResult,
  terminal: Terminal,
): string[] {
  const text =
    kind === "stretch" ? `${terminal.sign(messages.stretch)} ${title}` : title;
  return statusLines(status, text, terminal);
}

/** The longest word that is usual; "could not tell" is rare. */
const MARK_WIDTH = messages.marks.skipped.word.length;

/** A line that begins with how something stands. */
export function statusLines(
  status: Status,
  text: string,
  terminal: Terminal,
): string[] {
  const mark = {
    ...messages.marks[status],
    width: MARK_WIDTH,
    tone: tones[status],
  };
  const textTone = status === "skipped" ? "quiet" : undefined;
  return markedLines(mark, text, terminal, textTone);
}

/** What a line begins with: a sign in its tone, or the word for it, as wide as the others. */
export interface Mark {
  sign: string;
  word: string;
  width: number;
  tone: Tone;
}

/** A text with a mark before it; further lines are set in. */
export function markedLines(
  mark: Mark,
  text: string,
  terminal: Terminal,
  textTone?: Tone,
): string[] {
  const sign = terminal.sign(mark);
  const start = sign.length > 1 ? sign.padEnd(mark.width) : sign;
  const indent = " ".repeat(start.length);
  return wrap(text, terminal.width - start.length - 1).map((line, index) =>
    index === 0
      ? `${terminal.paint(mark.tone, start)} ${textTone ? terminal.paint(textTone, line) : line}`
      : `${indent} ${line}`,
  );
}

const INDENT = "    ";
const LABEL_WIDTH =
  Math.max(...Object.values(messages.labels).map(({ length }) => length)) + 1;

/** What was done, what was expected, what came: under the requirement that it happened at. */
function whatHappened(
  { status, did, expected, received, hint }: RequirementResult,
  { where, output, notices, fault }: Result["server"],
  terminal: Terminal,
  { linesOfText, consoleLines }: Room,
): string[] {
  const { labels } = messages;
  const width = terminal.width - INDENT.length - LABEL_WIDTH;
  const field = (
    label: string,
    text: string | null,
    most = linesOfText,
    tone?: Tone,
  ) =>
    text === null
      ? []
      : labelled(label, shorten(wrap(text, width), most), terminal, tone);
  return [
    ...field(labels.did, did),
    ...field(labels.expected, expected),
    ...field(status === "failed" ? labels.received : labels.reason, received),
    // The message of a fault often names the place itself.
    ...field(labels.where, where && received?.includes(where) ? null : where),
    ...labelled(
      fault === "syntax-error" ? labels.excerpt : labels.console,
      lastLines(output, consoleLines, width),
      terminal,
    ),
    ...field(labels.hint, hint, Infinity, "hint"),
    ...notices.flatMap(({ message }) => field(labels.notice, message)),
  ];
}

function labelled(
  label: string,
  lines: readonly string[],
  terminal: Terminal,
  tone?: Tone,
): string[] {
  return lines.map((line, index) => {
    const before =
      index === 0
        ? terminal.paint("quiet", label.padEnd(LABEL_WIDTH))
        : " ".repeat(LABEL_WIDTH);
    return `${INDENT}${before}${tone ? terminal.paint(tone, line) : line}`;
  });
}

/** The last lines of the learner's own console; what is left out is counted. */
function lastLines(
  output: readonly string[],
  most: number,
  width: number,
): string[] {
  const left = output.length <= most ? 0 : output.length - most + 1;
  const kept = output.slice(left).map((line) => ownLine(line, width));
  return left === 0 ? kept : [messages.earlierLines(left), ...kept];
}

/** Never wrapped: a line of theirs is to be recognised. */
function ownLine(line: string, width: number): string {
  const text = `| ${line.replaceAll("\t", "  ")}`;
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
