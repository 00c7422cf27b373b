import { styleText } from "node:util";

export type Tone = "good" | "bad" | "quiet" | "hint" | "strong";

const styles = {
  good: "green",
  bad: "red",
  quiet: "dim",
  hint: "yellow",
  strong: "bold",
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** What is needed of a stream to write reports to it: `process.stdout`, or one of a test. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  write(text: string): unknown;
  moveCursor?(dx: number, dy: number): unknown;
  cursorTo?(x: number, y: number): unknown;
  clearScreenDown?(): unknown;
}

/** Characters a line of a report has at least and at most. */
const NARROW = 40;
const WIDE = 100;
/** For logs and pipes, which have no width. */
const USUAL = 80;

/**
 * Where a report is shown, and what may be shown there.
 *
 * In plain mode it writes words and nothing else: no colour, no sign, no movement of the cursor. That
 * is asked for by `--plain`, by NO_COLOR (https://no-color.org) or by TERM=dumb, and whatever is not
 * a terminal gets it too.
 */
export class Terminal {
  readonly width: number;
  /** What two columns side by side may use: all there is. */
  readonly columns: number;
  /** Lines that fit on the screen above the next prompt; Infinity where there is no screen. */
  readonly height: number;
  /** Whether somebody looks at it while it is written. */
  readonly isScreen: boolean;
  readonly isPlain: boolean;
  /** Whether signs are shown, and not the words for them. */
  readonly hasSigns: boolean;
  readonly #output: Output;

  constructor(
    { plain }: { plain: boolean },
    output: Output = process.stdout,
    environment: NodeJS.ProcessEnv = process.env,
    platform: NodeJS.Platform = process.platform,
  ) {
    const { isTTY = false, columns = USUAL, rows } = output;
    this.#output = output;
    this.isScreen = isTTY;
    this.isPlain =
      plain ||
      !isTTY ||
      Boolean(environment.NO_COLOR) ||
      environment.TERM === "dumb";
    this.hasSigns = !this.isPlain && showsSigns(environment, platform);
    this.columns = columns;
    this.width = Math.min(WIDE, Math.max(NARROW, columns));
    this.height = isTTY && rows ? Math.max(1, rows - 1) : Infinity;
  }

  /** Colours a text, where colours are welcome. It must say the same without them. */
  paint(tone: Tone, text: string): string {
    return this.isPlain ? text : styleText(styles[tone], text);
  }

  /** A sign, or the word for it where signs or colours are unwelcome. */
  sign({ sign, word }: { sign: string; word: string }): string {
    return this.hasSigns ? sign : word;
  }

  writeLines(lines: readonly string[]): void {
    if (lines.length > 0) this.#output.write(`${lines.join("\n")}\n`);
  }

  /** Takes back the last lines that were written. Never in plain mode, never more than `height`. */
  takeBack(lines: number): void {
    this.#output.moveCursor?.(0, -lines);
    this.#output.clearScreenDown?.();
  }

  /** Begins a new screen; in plain mode, a new paragraph. */
  clear(): void {
    if (this.isPlain) {
      this.#output.write("\n");
      return;
    }
    this.#output.cursorTo?.(0, 0);
    this.#output.clearScreenDown?.();
  }
}

/** Old consoles of Windows show ✓ and ★ as boxes; newer ones name themselves. */
function showsSigns(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): boolean {
  return (
    platform !== "win32" ||
    ["WT_SESSION", "TERM_PROGRAM", "TERM"].some((name) => environment[name])
  );
}
