import type { Lesson } from "../kit/lesson.ts";

/** A part of the proof. */
export interface Part {
  /** As it is typed, and as its section of the page is called. */
  name: string;
  /** What it proves, in a sentence. */
  claim: string;
  run(proof: Proof): Promise<Findings>;
}

/** What a part works with. */
export interface Proof {
  lessons: readonly Lesson[];
  /** Whether a sample has to be enough, as for CI. */
  isQuick: boolean;
  /** How often every server is judged under load, at most. */
  times: number;
  /** Places such as `server.ts:12`: only the mutants there; all of them if there are none. */
  places: readonly string[];
  /** After so long, no more runs under load are begun. */
  minutes: number;
  /** Tells how the part gets on. */
  say(line: string): void;
}

/** What a part has found. */
export interface Findings {
  /** For the table at the end: what was counted, and how many. */
  figures: readonly (readonly [what: string, count: string])[];
  /** What is not as it ought to be, a line each. The proof holds if there are none. */
  problems: readonly string[];
  /** For the page: Markdown below the part's heading. */
  page: readonly string[];
}

/** So many of a list, evenly from all of it, or the whole list if it is no longer. */
export function sample<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from(
    { length: most },
    (_, index) => list[Math.floor((index * list.length) / most)] as T,
  );
}

/** A table in Markdown. Columns whose heading ends in a colon hold figures. */
export function markdownTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(headings.map((heading) => heading.replace(/:$/, ""))),
    line(headings.map((heading) => (heading.endsWith(":") ? "--:" : "---"))),
    ...rows.map(line),
  ];
}

/** `97.3 %`, rounded down, so that 100 % is all. */
export function percent(part: number, of: number): string {
  return of === 0
    ? "–"
    : `${(Math.floor((part / of) * 1_000) / 10).toFixed(1)} %`;
}
