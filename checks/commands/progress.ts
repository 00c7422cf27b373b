import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../kit/repository.ts";
import type { Requirement } from "../kit/lesson.ts";
import type { Result } from "../kit/result.ts";
import { whileLocked } from "./file-lock.ts";
import * as messages from "./messages.ts";

/** What `.progress.json` holds. */
export interface Progress {
  version: 1;
  /** By the lesson's folder. A lesson that was never checked is not there. */
  lessons: Record<string, LessonProgress>;
}

export interface LessonProgress {
  /** A lesson that was passed once stays passed. */
  state: "passed" | "started";
  /** Checks of the learner's own file that gave a verdict. */
  tries: number;
  /** By requirement: how many of its three hints were shown. */
  hints: Record<string, number>;
  /** When it was checked first and last, in ISO 8601. */
  first: string;
  last: string;
  /** Time spent on it, in milliseconds; a pause is not counted, see {@link PAUSE}. */
  spent: number;
  /** Where the last check ended; `null` when it met everything. */
  failedAt: FailedAt | null;
}

export interface FailedAt {
  /** The id of the requirement. */
  requirement: string;
  /** How often in a row it was this one. */
  times: number;
  /** Since when it is this one, in ISO 8601. */
  since: string;
  /** Time spent on this one since then, in milliseconds. */
  spent: number;
  /** What was wrong with the server as a process, if anything, such as `syntax-error`. */
  fault: string | null;
  /** The mistake that was recognised in the last check, such as `M7`. */
  mistake: string | null;
}

/**
 * Between two checks somebody works on the lesson. After this long without one, in milliseconds, they
 * have been elsewhere.
 */
const PAUSE = 15 * 60_000;

/** What was read or kept, and what to tell the learner about the file, if anything. */
export interface Kept {
  progress: Progress;
  notice: string | null;
}

/**
 * A learner's progress.
 *
 * It is written atomically and changed under a lock, so that two checks at the same time both count.
 * A file that cannot be understood is put aside under a name of its own. Nothing here ever fails: a
 * progress that cannot be kept must not hide a verdict, so it is told in a sentence.
 */
export class ProgressFile {
  readonly #path: string;

  constructor(path = join(root, ".progress.json")) {
    this.#path = path;
  }

  async read(): Promise<Kept> {
    try {
      return { progress: this.#parse() ?? emptyProgress(), notice: null };
    } catch (error) {
      if (!(error instanceof NotOurs))
        return {
          progress: emptyProgress(),
          notice: messages.progressUnreadable(codeOf(error)),
        };
    }
    // It is not ours: put aside under the lock, where nobody else writes.
    return this.change(() => {});
  }

  /** Reads the progress, lets `change` alter it, and writes it. */
  async change(change: (progress: Progress) => void): Promise<Kept> {
    let notice: string | null = null;
    let progress = emptyProgress();
    try {
      await whileLocked(`${this.#path}.lock`, async () => {
        const before = this.#readOrPutAside();
        ({ progress, notice } = before);
        change(progress);
        await this.#write(progress);
      });
    } catch (error) {
      change(progress);
      notice = messages.progressNotKept(codeOf(error));
    }
    return { progress, notice };
  }

  #readOrPutAside(): Kept {
    try {
      return { progress: this.#parse() ?? emptyProgress(), notice: null };
    } catch (error) {
      if (!(error instanceof NotOurs)) throw error;
      const kept = this.#freeName();
      renameSync(this.#path, kept);
      return {
        progress: emptyProgress(),
        notice: messages.progressPutAside(basename(kept)),
      };
    }
  }

  /** @throws {NotOurs} when the file is there and cannot be understood */
  #parse(): Progress | null {
    let text: string;
    try {
      text = readFileSync(this.#path, "utf8");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      throw error;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new NotOurs();
    }
    const progress = readProgress(value);
    if (progress === null) throw new NotOurs();
    return progress;
  }

  /** `.progress.broken-2026-11-23T01-45-10.json`, or with a number where that exists. */
  #freeName(): string {
    const date = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    const name = (suffix: string) =>
      join(dirname(this.#path), `.progress.broken-${date}${suffix}.json`);
    let suffix = "";
    for (let count = 2; existsSync(name(suffix)); count++) suffix = `-${count}`;
    return name(suffix);
  }

  /** A reader sees the old file or the new one, never half of one. */
  async #write(progress: Progress): Promise<void> {
    const unfinished = `${this.#path}.${process.pid}`;
    try {
      writeFileSync(unfinished, `${JSON.stringify(progress, null, 2)}\n`);
      for (let tries = 1; ; tries++) {
        try {
          renameSync(unfinished, this.#path);
          return;
        } catch (error) {
          // Windows refuses while another program reads the old file.
          if (
            tries === 5 ||
            !["EPERM", "EACCES", "EBUSY"].includes(codeOf(error))
          )
            throw error;
          await sleep(10 * tries);
        }
      }
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  }
}

/** The file holds something else than {@link Progress}. */
class NotOurs extends Error {
  override name = "NotOurs";
}

/**
 * Enters the result of a check of the learner's own file. `could-not-tell` does not count.
 *
 * @param contract the lesson's requirements: a report that shows a hint of theirs has given it
 */
export function enter(
  progress: Progress,
  { lesson, verdict, requirements, server }: Result,
  contract: readonly Requirement[],
  now = new Date(),
): void {
  if (verdict === "could-not-tell") return;
  const at = now.toISOString();
  const before = progress.lessons[lesson];
  const failed = requirements.find(({ status }) => status === "failed");
  const hints = { ...before?.hints };
  const asked = contract.find(({ id }) => id === failed?.id);
  if (asked !== undefined && failed?.hint === asked.hints[0])
    hints[asked.id] ??= 1;
  const worked = sinceLastCheck(progress, now);
  progress.lessons[lesson] = {
    state: verdict === "passed" ? "passed" : (before?.state ?? "started"),
    tries: (before?.tries ?? 0) + 1,
    hints,
    first: before?.first ?? at,
    last: at,
    spent: (before?.spent ?? 0) + worked,
    failedAt:
      failed === undefined
        ? null
        : {
            requirement: failed.id,
            ...untilNow(before?.failedAt, failed.id, at, worked),
            fault: server.fault,
            mistake: failed.mistake,
          },
  };
}

/** How often in a row, and since when, it is this requirement. */
function untilNow(
  before: FailedAt | null | undefined,
  requirement: string,
  at: string,
  worked: number,
): Pick<FailedAt, "times" | "since" | "spent"> {
  return before?.requirement === requirement
    ? {
        times: before.times + 1,
        since: before.since,
        spent: before.spent + worked,
      }
    : { times: 1, since: at, spent: 0 };
}

/** The time since the last check of any lesson, in milliseconds; 0 after a pause. */
function sinceLastCheck({ lessons }: Progress, now: Date): number {
  const last = Math.max(
    ...Object.values(lessons).map((lesson) => Date.parse(lesson.last) || 0),
  );
  const passed = now.getTime() - last;
  // A clock that was set back has not given time to anybody.
  return passed >= 0 && passed <= PAUSE ? passed : 0;
}

/** Whether the lesson was passed. */
export function isPassed(
  progress: Progress,
  lesson: { name: string },
): boolean {
  return progress.lessons[lesson.name]?.state === "passed";
}

/** How many hints were told in a lesson. */
export function hintsTold({ hints }: LessonProgress): number {
  return Object.values(hints).reduce((sum, level) => sum + level, 0);
}

export function emptyProgress(): Progress {
  return { version: 1, lessons: {} };
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? String(error);
}

/**
 * The progress that a file holds, or `null` when it is something else. What an older workshop did not
 * keep yet is added.
 */
export function readProgress(value: unknown): Progress | null {
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.lessons))
    return null;
  const lessons = Object.entries(value.lessons).map(
    ([name, lesson]) => [name, readLesson(lesson)] as const,
  );
  return lessons.every(([, lesson]) => lesson !== null)
    ? ({ ...value, lessons: Object.fromEntries(lessons) } as Progress)
    : null;
}

function readLesson(value: unknown): LessonProgress | null {
  if (!isRecord(value)) return null;
  const { failedAt, last } = value;
  const lesson = {
    spent: 0,
    ...value,
    failedAt: isRecord(failedAt)
      ? { since: last, spent: 0, mistake: null, ...failedAt }
      : failedAt,
  };
  return isLessonProgress(lesson) ? lesson : null;
}

function isLessonProgress(value: unknown): value is LessonProgress {
  return (
    isRecord(value) &&
    (value.state === "passed" || value.state === "started") &&
    Number.isInteger(value.tries) &&
    isRecord(value.hints) &&
    Object.values(value.hints).every(Number.isInteger) &&
    typeof value.first === "string" &&
    typeof value.last === "string" &&
    typeof value.spent === "number" &&
    (value.failedAt === null || isFailedAt(value.failedAt))
  );
}

function isFailedAt(value: unknown): value is FailedAt {
  return (
    isRecord(value) &&
    typeof value.requirement === "string" &&
    Number.isInteger(value.times) &&
    typeof value.since === "string" &&
    typeof value.spent === "number" &&
    isTextOrNull(value.fault) &&
    isTextOrNull(value.mistake)
  );
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
