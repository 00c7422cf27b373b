import { wrap } from "./paragraph.ts";
import { type Output, Terminal } from "./terminal.ts";

/** Something that writes to a terminal, such as a hint. */
export type Write = (terminal: Terminal) => void | Promise<void>;

/**
 * The terminal of a watch: above, what is to be known before the report; then the report; then what
 * the keys have brought; at the end, what the keys are.
 *
 * While a report is growing nothing else may be written, because the report takes lines back. What
 * comes meanwhile waits until the report is complete.
 */
export class WatchScreen {
  /** Lines above the report, until one is complete. */
  opening: readonly string[];
  readonly #plain: boolean;
  readonly #footer: () => readonly string[];
  #isFirst = true;
  #isReporting = false;
  #waiting: (() => void)[] = [];
  #answer: ((yes: boolean) => void) | null = null;

  /** @param footer the sentences that end every screen */
  constructor(
    { plain }: { plain: boolean },
    opening: readonly string[],
    footer: () => readonly string[],
  ) {
    this.#plain = plain;
    this.#footer = footer;
    this.opening = opening;
  }

  /** Lines that a report has to leave free. */
  get linesTaken(): number {
    return this.opening.length + this.#footerLines().length;
  }

  /** Begins a new screen, on which a report will grow. */
  beginReport(): void {
    this.#isReporting = true;
    this.#withdrawQuestion();
    // What stands above the first one is what the learner has just typed.
    if (!this.#isFirst) this.terminal.clear();
    this.#isFirst = false;
    this.terminal.writeLines(this.opening);
  }

  /** The report is complete. */
  endReport(): void {
    this.#isReporting = false;
    this.opening = [];
    this.#writeFooter();
    for (const act of this.#waiting.splice(0)) act();
  }

  /** Does something as soon as no report is growing. */
  whenComplete(act: () => void): void {
    if (this.#isReporting) this.#waiting.push(act);
    else act();
  }

  /** Writes below the report. */
  async tell(write: Write): Promise<void> {
    const lines = await this.lines(write);
    this.whenComplete(() => {
      this.terminal.writeLines(["", ...lines]);
      this.#writeFooter();
    });
  }

  /** Asks below the report; the next key answers. A new report answers no. */
  ask(question: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.whenComplete(() => {
        this.#withdrawQuestion();
        this.#answer = resolve;
        this.terminal.writeLines(["", ...wrap(question, this.terminal.width)]);
      });
    });
  }

  /** Whether a key was the answer to a question. */
  takesAnswer(key: string): boolean {
    if (this.#answer === null) return false;
    this.#answer(key === "y");
    this.#answer = null;
    return true;
  }

  /** What would be written, line by line. */
  async lines(write: Write): Promise<string[]> {
    let text = "";
    const { isTTY, columns, rows } = process.stdout;
    const output: Output = {
      isTTY,
      columns,
      rows,
      write: (more) => (text += more),
    };
    await write(new Terminal({ plain: this.#plain }, output));
    return text.trimEnd().split("\n");
  }

  /** Made anew each time: its window may have another size by now. */
  get terminal(): Terminal {
    return new Terminal({ plain: this.#plain });
  }

  #withdrawQuestion(): void {
    this.#answer?.(false);
    this.#answer = null;
  }

  #writeFooter(): void {
    this.terminal.writeLines(this.#footerLines());
  }

  #footerLines(): string[] {
    const { width } = this.terminal;
    return ["", ...this.#footer().flatMap((text) => wrap(text, width))];
  }
}
