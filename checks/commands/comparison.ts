import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { type StructuredPatchHunk, structuredPatch } from "diff";
import { shown } from "../kit/repository.ts";
import * as messages from "./messages.ts";
import { inPieces } from "./paragraph.ts";
import type { Terminal, Tone } from "./terminal.ts";

/** Two folders with files of the same names. */
export interface Folders {
  own: string;
  solution: string;
}

/** Columns of a terminal from which on there is room for two texts side by side. */
const WIDE = 168;
/** Lines that are the same in both, before and after what differs. */
const CONTEXT = 3;
/** In milliseconds. Only texts that have nothing in common take so long. */
const LONGEST = 5_000;

/**
 * How a file of the learner's differs from the solution's of that name, as lines for a terminal: side
 * by side where it is wide enough, else below each other.
 */
export function compare(
  file: string,
  folders: Folders,
  terminal: Terminal,
): string[] {
  const [own, solution] = [folders.own, folders.solution].map((folder) =>
    join(folder, file),
  ) as [string, string];
  if (!existsSync(solution)) return [messages.onlyYours(shown(own))];
  const patch = structuredPatch(file, file, read(own), read(solution), "", "", {
    context: CONTEXT,
    // How far a line is set in is a matter of taste, except in Python.
    ignoreWhitespace: extname(file) !== ".py",
    timeout: LONGEST,
  });
  if (patch === undefined)
    return [messages.tooDifferent(shown(own), shown(solution))];
  if (patch.hunks.length === 0) return [messages.sameAsSolution(shown(own))];
  const layOut =
    terminal.columns >= WIDE && terminal.hasSigns ? sideBySide : below;
  const heading = existsSync(own)
    ? messages.compared(shown(own), terminal.sign(messages.legend))
    : messages.onlyInSolution(shown(own));
  return [heading, ...layOut(patch.hunks, terminal)];
}

type Side = keyof typeof messages.sides;

interface Line {
  side: Side;
  text: string;
}

const sideOf: Readonly<Record<string, Side>> = {
  " ": "both",
  "-": "yours",
  "+": "solution",
};

const tones: Readonly<Record<Side, Tone | undefined>> = {
  both: undefined,
  yours: "hint",
  solution: "good",
};

function below(
  hunks: readonly StructuredPatchHunk[],
  terminal: Terminal,
): string[] {
  return hunks.flatMap((hunk) => [
    startOf(hunk, terminal),
    ...linesOf(hunk).map((line) => lineOf(line, terminal)),
  ]);
}

/** Lines that differ stand beside each other in their order. */
function sideBySide(
  hunks: readonly StructuredPatchHunk[],
  terminal: Terminal,
): string[] {
  const between = " | ";
  const width = Math.floor((terminal.columns - between.length) / 2);
  return hunks.flatMap((hunk) => [
    startOf(hunk, terminal),
    ...rowsOf(linesOf(hunk)).flatMap(([left, right]) => {
      const columns = [left, right].map((line) => cell(line, width, terminal));
      const [lefts = [], rights = []] = columns;
      return Array.from(
        { length: Math.max(lefts.length, rights.length) },
        (_, index) =>
          `${lefts[index] ?? " ".repeat(width)}${between}${rights[index] ?? ""}`.trimEnd(),
      );
    }),
  ]);
}

/** A line as high as it must be to fit a column. */
function cell(
  line: Line | undefined,
  width: number,
  terminal: Terminal,
): string[] {
  if (line === undefined) return [" ".repeat(width)];
  const mark = `${terminal.sign(messages.sides[line.side])} `;
  const pieces = inPieces(line.text, width - mark.length);
  return (pieces.length > 0 ? pieces : [""]).map((piece) =>
    painted(line.side, `${mark}${piece}`.padEnd(width), terminal),
  );
}

type Row = [own: Line | undefined, solution: Line | undefined];

function rowsOf(lines: readonly Line[]): Row[] {
  const rows: Row[] = [];
  let pending: { yours: Line[]; solution: Line[] } = {
    yours: [],
    solution: [],
  };
  const flush = () => {
    const { yours, solution } = pending;
    for (let i = 0; i < Math.max(yours.length, solution.length); i++)
      rows.push([yours[i], solution[i]]);
    pending = { yours: [], solution: [] };
  };
  for (const line of lines) {
    if (line.side === "both") {
      flush();
      rows.push([line, line]);
    } else pending[line.side].push(line);
  }
  flush();
  return rows;
}

function startOf(
  { oldStart }: StructuredPatchHunk,
  terminal: Terminal,
): string {
  return terminal.paint("quiet", messages.fromLine(Math.max(1, oldStart)));
}

function linesOf({ lines }: StructuredPatchHunk): Line[] {
  return lines.flatMap((line) => {
    // An empty file has no last line, and the patch says so in a line of its own.
    const side = sideOf[line.charAt(0)];
    return side === undefined ? [] : [{ side, text: line.slice(1) }];
  });
}

const WORD_WIDTH = Math.max(
  ...Object.values(messages.sides).map(({ word }) => word.length),
);

function lineOf({ side, text }: Line, terminal: Terminal): string {
  const sign = terminal.sign(messages.sides[side]);
  const mark = sign.length > 1 ? sign.padEnd(WORD_WIDTH) : sign;
  return painted(side, `${mark} ${text}`.trimEnd(), terminal);
}

function painted(side: Side, text: string, terminal: Terminal): string {
  const tone = tones[side];
  return tone === undefined ? text : terminal.paint(tone, text);
}

/** The text of a file as it can be shown: what would move a terminal's cursor is not in it. */
function read(path: string): string {
  if (!existsSync(path)) return "";
  const text = readFileSync(path, "utf8")
    .replaceAll("\r\n", "\n")
    .replaceAll("\t", "  ")
    .replaceAll(/(?!\n)\p{Cc}/gu, "\uFFFD");
  return text.endsWith("\n") ? text : `${text}\n`;
}
