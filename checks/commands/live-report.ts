import type { RequirementResult } from "../kit/result.ts";
import {
  type Told,
  isOpen,
  openingLines,
  report,
  requirementLines,
} from "./report.ts";
import type { Terminal } from "./terminal.ts";

/**
 * A report that grows while the check runs: on a terminal each requirement appears as soon as it is
 * met. From the first that is not met on, the report waits for the end, which is near and knows more.
 * In plain mode it waits from the beginning, because nothing could be taken back.
 */
export class LiveReport {
  readonly #terminal: Terminal;
  readonly #height: number;
  #written: string[] = [];
  #isWaiting: boolean;

  /** @param height lines that it may have */
  constructor(terminal: Terminal, heading: string, height: number) {
    this.#terminal = terminal;
    this.#height = height;
    this.#isWaiting = terminal.isPlain;
    this.#grow(openingLines(heading, terminal));
  }

  add(requirement: RequirementResult): void {
    this.#isWaiting ||= isOpen(requirement);
    this.#grow(requirementLines(requirement, this.#terminal));
  }

  /** Writes what is still to be said. What has become shorter is written anew. */
  finish(told: Told): void {
    const lines = report(told, this.#terminal, this.#height);
    const goesOn = this.#written.every((line, index) => line === lines[index]);
    if (!goesOn) this.#terminal.takeBack(this.#written.length);
    this.#terminal.writeLines(
      goesOn ? lines.slice(this.#written.length) : lines,
    );
  }

  #grow(lines: readonly string[]): void {
    this.#isWaiting ||= this.#written.length + lines.length > this.#height;
    if (this.#isWaiting) return;
    this.#terminal.writeLines(lines);
    this.#written.push(...lines);
  }
}
