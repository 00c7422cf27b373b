import {
  type Kept,
  type Progress,
  type ProgressFile,
  enter,
} from "../../checks/commands/progress.ts";
import {
  CheckSession,
  type SessionListener,
} from "../../checks/kit/check-session.ts";
import type { Database } from "../../checks/kit/database.ts";
import { lessonFile } from "../../checks/kit/lesson-files.ts";
import type { Failure, Lesson, Requirement } from "../../checks/kit/lesson.ts";
import type { RequirementResult, Result } from "../../checks/kit/result.ts";
import type { Timeline } from "../../checks/kit/timeline.ts";
import type { CheckState, Picture, RequirementState } from "../protocol.ts";
import { faultState } from "./observed-server.ts";
import { pictureOf } from "./picture.ts";

export interface ChecksOptions {
  lesson: Lesson;
  /** Shared with the observed server; opened before the first check. */
  database: Promise<Database> | undefined;
  progress: ProgressFile;
  onChange: () => void;
  /** The progress as it is after a check. */
  onProgress: (progress: Progress) => void;
  /** Somebody else who looks on. */
  company?: Company | undefined;
}

/** A terminal on which the same checks are told. */
export interface Company {
  /** Is told of each check first, and keeps the progress. */
  listener: SessionListener;
  /** When the first check began, on the clock of `performance.now()`. */
  began?: number | undefined;
  /** Is told how the download of a database gets on. */
  onDownload?: ((line: string) => void) | undefined;
}

/** The checks of one lesson, at its opening and after each save, as they happen. */
export class Checks implements SessionListener {
  readonly #options: ChecksOptions;
  readonly #session: CheckSession;
  #timeline: Timeline | undefined;
  #state: CheckState;
  #hints: Readonly<Record<string, number>> = {};
  #pictures = new Map<string, Picture>();

  constructor(options: ChecksOptions) {
    const { lesson, database, company } = options;
    this.#options = options;
    this.#state = {
      run: 0,
      running: false,
      verdict: null,
      ms: null,
      requirements: lesson.requirements.map(notReached),
      fault: null,
      notices: [],
      trouble: null,
    };
    this.#session = new CheckSession(
      {
        lesson,
        entry: lessonFile(lesson.name),
        database,
        ...(company?.began === undefined ? {} : { began: company.began }),
      },
      this,
    );
  }

  get state(): CheckState {
    return {
      ...this.#state,
      requirements: this.#state.requirements.map((requirement, index) => ({
        ...requirement,
        hints: this.#hintsOf(this.#options.lesson.requirements[index]),
      })),
    };
  }

  /** Checks until {@link end} is called. */
  async run(): Promise<void> {
    try {
      await this.#session.run();
    } catch (error) {
      const { message } = faultState(error);
      this.#change({ running: false, trouble: message });
    }
  }

  again(): void {
    this.#session.again();
  }

  end(): void {
    this.#session.end();
  }

  /** How many hints of each requirement were shown. */
  showHints(hints: Readonly<Record<string, number>>): void {
    this.#hints = hints;
    this.#options.onChange();
  }

  /** A failed requirement of the last check as a picture. */
  picture(requirement: string): Picture | undefined {
    return this.#pictures.get(requirement);
  }

  // ---- what the session tells

  begins(timeline: Timeline): void {
    this.#timeline = timeline;
    this.#pictures = new Map();
    this.#change({
      run: this.#state.run + 1,
      running: true,
      fault: null,
      notices: [],
      trouble: null,
    });
    this.#markRunning(0);
    this.#options.company?.listener.begins(timeline);
  }

  judged(result: RequirementResult): void {
    const entries = this.#timeline?.entries ?? [];
    const picture =
      result.status === "failed" ? pictureOf(result, entries) : null;
    if (picture !== null) this.#pictures.set(result.id, picture);
    const failure =
      result.status === "failed" ? lastFailure(this.#timeline) : undefined;
    const index = this.#state.requirements.findIndex(
      ({ id }) => id === result.id,
    );
    const { status, did, expected, received, hint } = result;
    this.#replace(index, {
      status,
      did,
      expected,
      received,
      hint,
      output: [...(failure?.output ?? [])],
      hasPicture: picture !== null,
    });
    if (failure?.fault) this.#change({ fault: faultState(failure.fault) });
    this.#markRunning(index + 1);
    this.#options.company?.listener.judged(result);
  }

  async ends(result: Result): Promise<void> {
    const { onProgress } = this.#options;
    this.#change({
      running: false,
      verdict: result.verdict,
      ms: result.ms,
      notices: result.server.notices.map(({ message }) => message),
    });
    const { progress, notice } = await this.#keep(result);
    if (notice !== null) this.#change({ trouble: notice });
    onProgress(progress);
  }

  async #keep(result: Result): Promise<Kept> {
    const { lesson, progress: file, company } = this.#options;
    if (company === undefined)
      return file.change((kept) => enter(kept, result, lesson.requirements));
    await company.listener.ends(result);
    return file.read();
  }

  // ---- the state

  #change(changed: Partial<CheckState>): void {
    this.#state = { ...this.#state, ...changed };
    this.#options.onChange();
  }

  #replace(index: number, changed: Partial<RequirementState>): void {
    this.#change({
      requirements: this.#state.requirements.map((requirement, at) =>
        at === index ? { ...requirement, ...changed } : requirement,
      ),
    });
  }

  /** What was said of it in the check before stays until there is something new to say. */
  #markRunning(index: number): void {
    if (this.#state.requirements[index])
      this.#replace(index, { status: "running" });
  }

  #hintsOf(requirement: Requirement | undefined): string[] {
    if (requirement === undefined) return [];
    return requirement.hints.slice(0, this.#hints[requirement.id] ?? 0);
  }
}

function notReached({ id, title, kind }: Requirement): RequirementState {
  return {
    id,
    title,
    kind,
    status: "waiting",
    did: null,
    expected: null,
    received: null,
    hint: null,
    output: [],
    hasPicture: false,
    hints: [],
  };
}

function lastFailure(timeline: Timeline | undefined): Failure | undefined {
  const entry = timeline?.entries.findLast(({ kind }) => kind === "unmet");
  return entry?.data as Failure | undefined;
}
