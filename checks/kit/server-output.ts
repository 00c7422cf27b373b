import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import { cut } from "./show.ts";

/** Lines that are kept, and characters a line keeps. */
const LINES = 200;
const LINE_LENGTH = 500;

/**
 * So long what a process printed may take to arrive after its end, in milliseconds: this process may be
 * busy. Nobody waits for it who has read all.
 */
export const LAST_WORDS = 1_000;

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
  /** The lines that are not complete yet: each stream of a process has its own. */
  readonly #open: { text: string }[] = [];
  readonly #onLine: (line: string) => void;

  /** @param onLine called for each complete line */
  constructor(onLine: (line: string) => void = () => {}) {
    this.#onLine = onLine;
  }

  /** Gives a function that takes what one stream of the process prints, chunk by chunk. */
  stream(): (chunk: Buffer) => void {
    const open = { text: "" };
    this.#open.push(open);
    // A character may arrive in two chunks.
    const decoder = new StringDecoder("utf8");
    return (chunk) => {
      this.bytes += chunk.length;
      // Of a flood only the end is looked at: splitting all of it would make the checker slow.
      const text = open.text + decoder.write(chunk).slice(-16_384);
      const lines = text.split(/\r?\n/);
      open.text = (lines.pop() ?? "").slice(-2_000);
      for (const line of lines) this.#add(line);
    };
  }

  /** The last `most` lines, the incomplete ones included. */
  last(most = 12): string[] {
    const open = this.#open.map(({ text }) => this.#clean(text));
    return [...this.#lines, ...open.filter((line) => line.trim() !== "")].slice(
      -most,
    );
  }

  #add(line: string): void {
    const clean = this.#clean(line);
    if (clean.trim() === "") return;
    this.#lines.push(clean);
    if (this.#lines.length > LINES) this.#lines.shift();
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
