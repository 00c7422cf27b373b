import { stripVTControlCharacters } from "node:util";
import { cut } from "./show.ts";

/** Lines that are kept, and characters a line keeps. */
const LINES = 200;
const LINE_LENGTH = 500;

/**
 * The console of a server under test: always drained, and never more than its last lines kept,
 * however much is printed. Escape sequences and control characters are removed, because the lines
 * are shown in the learner's terminal.
 */
export class ServerOutput {
  /** All that was printed, in bytes. */
  bytes = 0;
  /** Whether there was something that is no text. */
  binary = false;
  #lines: string[] = [];
  #dropped = 0;
  #open = "";
  readonly #onLine: (line: string) => void;

  /** @param onLine called for each complete line */
  constructor(onLine: (line: string) => void = () => {}) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    // Of a flood only the end is looked at: splitting all of it would make the checker slow.
    const recent = chunk.length > 16_384 ? chunk.subarray(-16_384) : chunk;
    const text = this.#open + recent.toString("utf8");
    const lines = text.split(/\r?\n/);
    this.#open = (lines.pop() ?? "").slice(-2_000);
    for (const line of lines) this.#add(line);
  }

  /** How many lines there were so far; see `since`. */
  get count(): number {
    return this.#dropped + this.#lines.length;
  }

  /** The lines that came after the first `count`, the last `most` of them. */
  since(count: number, most = 12): string[] {
    return this.#withOpenLine()
      .slice(Math.max(0, count - this.#dropped))
      .slice(-most);
  }

  last(most = 12): string[] {
    return this.#withOpenLine().slice(-most);
  }

  #withOpenLine(): string[] {
    const open = this.#clean(this.#open);
    return open === "" ? this.#lines : [...this.#lines, open];
  }

  #add(line: string): void {
    const clean = this.#clean(line);
    if (clean.trim() === "") return;
    this.#lines.push(clean);
    if (this.#lines.length > LINES) {
      this.#lines.shift();
      this.#dropped += 1;
    }
    this.#onLine(clean);
  }

  #clean(line: string): string {
    const text = stripVTControlCharacters(line);
    // U+FFFD stands where bytes were no UTF-8.
    if (/\ufffd|\0/.test(text)) this.binary = true;
    const visible = text.replaceAll(/(?:(?!\t)\p{Cc}|\ufffd)+/gu, "·");
    return cut(visible, LINE_LENGTH);
  }
}
