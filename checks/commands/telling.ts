import type { Lesson } from "../kit/lesson.ts";
import type { RequirementResult, Result } from "../kit/result.ts";
import { closing } from "./closing.ts";
import { titleOf } from "./lessons.ts";
import { LiveReport } from "./live-report.ts";
import * as messages from "./messages.ts";
import type { Subject, TellingManner } from "./one-check.ts";
import { ProgressFile, enter } from "./progress.ts";
import { Terminal } from "./terminal.ts";

/** What becomes of a check: it is kept in the progress, and told as a report or as JSON. */
export class Telling {
  readonly #subject: Subject;
  readonly #manner: TellingManner;
  readonly #terminal: Terminal;
  readonly #heading: string;
  readonly #report: LiveReport | null;

  constructor(subject: Subject, manner: TellingManner) {
    const { lesson, kind } = subject;
    const say =
      kind === "solution" ? messages.solutionHeading : messages.heading;
    this.#subject = subject;
    this.#manner = manner;
    this.#terminal = new Terminal(manner);
    this.#heading = say(lesson.number, titleOf(lesson));
    this.#report = manner.json
      ? null
      : new LiveReport(
          this.#terminal,
          this.#heading,
          this.#terminal.height - (manner.linesTaken ?? 0),
        );
  }

  /** A requirement was judged. */
  add(requirement: RequirementResult): void {
    this.#report?.add(requirement);
  }

  /** The check has ended. */
  async finish(result: Result, { requirements }: Lesson): Promise<void> {
    const file = new ProgressFile();
    const { progress, notice } =
      this.#subject.kind === "lesson"
        ? await file.change((kept) => enter(kept, result, requirements))
        : await file.read();
    if (this.#report === null)
      this.#terminal.writeLines([JSON.stringify(result, null, 2)]);
    else
      this.#report.finish({
        heading: this.#heading,
        result,
        closing: closing(
          result,
          {
            ...this.#subject,
            isWatching: this.#manner.isWatching,
            hasKeys: this.#manner.hasKeys,
            progress,
          },
          this.#terminal,
        ),
      });
    if (notice !== null) process.stderr.write(`${notice}\n`);
  }
}
