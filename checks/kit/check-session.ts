import { dirname } from "node:path";
import { type CheckOptions, runCheck, serversAhead } from "./check-run.ts";
import type { Database } from "./database.ts";
import type { DatabaseNeeds, Lesson } from "./lesson.ts";
import type { RequirementResult, Result } from "./result.ts";
import { Saves } from "./saves.ts";
import { Timeline } from "./timeline.ts";
import type { ServersAhead } from "./waiting-server.ts";

/** Who is told of the checks of a session, in this order for each check. */
export interface SessionListener {
  /**
   * A check begins. If one was going on, it has ended without a verdict.
   *
   * @param timeline the record of the check, which grows while it goes on
   */
  begins(timeline: Timeline): void;
  /** A requirement was judged. */
  judged(requirement: RequirementResult): void;
  /**
   * The check has its verdict. `ms` counts from the save. The session waits for what this does before
   * it starts the next server ahead.
   */
  ends(result: Result): void | Promise<void>;
}

export interface SessionOptions extends Pick<
  CheckOptions,
  "entry" | "needs" | "onDownload" | "database"
> {
  lesson: Lesson;
  /** When the first check began, on the clock of `performance.now()`; now unless given. */
  began?: number;
}

/**
 * Checks a server, and checks it again whenever a program in its folder is saved. A save during a
 * check ends that check: its verdict would be one on yesterday's code.
 *
 * What can be ready beforehand is: while the learner reads the verdict, the processes of the next
 * servers are started, and the database server stays open.
 *
 * @example
 *   const session = new CheckSession({ lesson, entry }, listener);
 *   stop.onclick = () => session.end();
 *   await session.run();
 */
export class CheckSession {
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  readonly #saves: Saves;
  readonly #ended = new AbortController();
  #outdated = new AbortController();
  readonly #ahead: ServersAhead;
  #database: Promise<Database> | undefined;
  #began: number;

  constructor(options: SessionOptions, listener: SessionListener) {
    this.#options = options;
    this.#listener = listener;
    this.#ahead = serversAhead(options.lesson, options);
    this.#began = options.began ?? performance.now();
    this.#saves = new Saves(dirname(options.entry), (since) =>
      this.again(since),
    );
  }

  /**
   * Checks until {@link end} is called.
   *
   * @throws whatever the listener throws
   */
  async run(): Promise<void> {
    try {
      while (!this.#ended.signal.aborted) {
        this.#outdated = new AbortController();
        const over = AbortSignal.any([
          this.#ended.signal,
          this.#outdated.signal,
        ]);
        await this.#check(over);
        await whenAborted(over);
      }
    } finally {
      this.end();
      await this.#closeDatabase();
    }
  }

  /** Checks at once, as after a save. */
  again(began = performance.now()): void {
    this.#began = began;
    this.#outdated.abort();
  }

  end(): void {
    this.#ended.abort();
    this.#saves.end();
    this.#ahead.end();
  }

  async #check(signal: AbortSignal): Promise<void> {
    const { lesson, ...options } = this.#options;
    const began = this.#began;
    this.#ahead.begin();
    const timeline = new Timeline();
    this.#listener.begins(timeline);
    const result = await runCheck(
      lesson,
      {
        ...options,
        signal,
        timeline,
        ahead: this.#ahead,
        database: this.#openDatabase(),
      },
      (requirement) => {
        if (!signal.aborted) this.#listener.judged(requirement);
      },
    ).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (result === undefined || signal.aborted) return;
    const ms = Math.round(performance.now() - began);
    await this.#listener.ends({ ...result, ms });
    this.#ahead.refill();
  }

  /** Opens it at the first check, unless one was lent; after a failure, at the next one again. */
  #openDatabase(): Promise<Database> | undefined {
    const {
      lesson,
      needs = lesson.needs,
      onDownload,
      database,
    } = this.#options;
    if (needs?.database === undefined || database) return database;
    this.#database ??= open(needs.database, onDownload);
    this.#database.catch(() => {
      this.#database = undefined;
    });
    return this.#database;
  }

  async #closeDatabase(): Promise<void> {
    await this.#database?.then((database) => database.close()).catch(() => {});
  }
}

async function open(
  { replicaSet = false }: DatabaseNeeds,
  onDownload: CheckOptions["onDownload"],
): Promise<Database> {
  const { openDatabase } = await import("./database.ts");
  return openDatabase({
    replicaSet,
    interactive: onDownload !== undefined,
    ...(onDownload ? { say: onDownload } : {}),
  });
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
