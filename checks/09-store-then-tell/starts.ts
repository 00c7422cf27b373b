import { LATE } from "../kit/chat.ts";
import { CouldNotTell } from "../kit/could-not-tell.ts";
import {
  CrashedWhileStarting,
  EventLoopBlocked,
  ExitedWithoutListening,
  Fault,
  NeverListened,
} from "../kit/faults.ts";
import type { World } from "../kit/lesson.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { matches } from "../kit/shape.ts";
import { Timeline } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";

/** What a server does that finds no database when it starts. */
export type Start = Outcome & {
  /** From the command on, in wall-clock milliseconds. */
  took: number;
};

type Outcome =
  | { was: "ended"; code: number | null; printed: boolean }
  | { was: "answering"; status: number; isHonest: boolean };

/** Nothing listens there: it is a port that nobody gives away. */
export const NOBODY = "mongodb://127.0.0.1:1/";

/** An address whose beginning was forgotten. */
export const UNREADABLE = "127.0.0.1:27017/";

/** How long a server may take to end, or to answer, in wall-clock milliseconds. */
const START_LIMIT = 5_000;

export const STILL_WAITING = "it goes on waiting, and neither ends nor listens";

/** One that waits for longer is not waited for, in milliseconds of patience. */
const LONGEST = START_LIMIT + LATE;

/** What each of these addresses of a database leads to. */
export class Starts {
  static readonly #begun = new WeakMap<ServerProcess, Starts>();
  readonly #end = new AbortController();
  readonly #starts: ReadonlyMap<string, Promise<Start>>;

  /** Those of this check, begun now if they are not yet: they may go on while something else waits. */
  static of(world: World): Starts {
    const begun = Starts.#begun.get(world.server) ?? new Starts(world);
    Starts.#begun.set(world.server, begun);
    return begun;
  }

  private constructor(world: World) {
    this.#starts = new Map(
      [UNREADABLE, NOBODY].map((uri) => {
        const start = timed(startWith(world, uri, this.#end.signal));
        start.catch(() => {}); // Whoever needs it awaits it.
        return [uri, start];
      }),
    );
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#starts.values());
  }

  /** Ends what is under way, and forgets it: from now on `of` begins anew. */
  end({ server }: World): void {
    Starts.#begun.delete(server);
    this.#end.abort();
  }

  /** @throws {Unmet} when the server goes on waiting */
  async with(uri: string, { timeline }: World): Promise<Start> {
    timeline.add({
      lane: "server",
      kind: "hinder",
      text: `the server was started with MONGODB_URI=${uri}`,
    });
    const start = this.#starts.get(uri);
    if (start === undefined) throw new Error(`not started with ${uri}`);
    return start;
  }
}

async function timed(start: Promise<Outcome>): Promise<Start> {
  const began = performance.now();
  const outcome = await start;
  return { ...outcome, took: performance.now() - began };
}

/** So many times its loading is what a busy machine can have cost a server: it may load in several processes. */
const LOADINGS = 3;

/**
 * @param loading what a server takes that has nothing to wait for: on a busy machine that can be long
 * @throws {Unmet} when the server needs more than the contract's 5 s besides
 * @throws {CouldNotTell} when this machine can have cost it what it is late by
 */
export function assertInTime(uri: string, start: Start, loading: number): void {
  const took = start.took - loading;
  if (took <= START_LIMIT) return;
  if (start.took - LOADINGS * loading <= START_LIMIT)
    throw new CouldNotTell("this machine is too busy to time a server's start");
  throw new Unmet(inTime(uri), `it came after ${(took / 1000).toFixed(1)} s`);
}

function inTime(uri: string): string {
  return `a server with MONGODB_URI=${uri} ends or answers within ${START_LIMIT / 1000} s`;
}

/** Starts the server once more, with another address of a database, and looks what it does. */
async function startWith(
  world: World,
  uri: string,
  signal: AbortSignal,
): Promise<Outcome> {
  let started: World | null = null;
  try {
    started = await world.another({
      env: { MONGODB_URI: uri },
      // It may go on beside another requirement, whose report it is no part of.
      timeline: new Timeline(),
      signal,
      readyWithin: LONGEST,
    });
    const { status, json } = await started.request("/health", {
      patience: LONGEST,
      quiet: true,
    });
    const isHonest = status === 503 && matches({ ok: false, db: "down" }, json);
    return { was: "answering", status, isHonest };
  } catch (error) {
    if (error instanceof NeverListened)
      throw new Unmet(inTime(uri), STILL_WAITING);
    if (error instanceof EventLoopBlocked)
      // The same server has started before: it is the machine that is stuck.
      throw new CouldNotTell(
        "this machine is too busy to start another server",
      );
    if (!(error instanceof Fault)) throw error;
    const printed = error.output.length > 0;
    // An error that nobody catches ends Node with 1.
    if (error instanceof CrashedWhileStarting)
      return { was: "ended", code: 1, printed };
    if (error instanceof ExitedWithoutListening)
      return { was: "ended", code: error.code, printed };
    if (started === null || started.server.isAlive) throw error;
    // It listened first, and gave up after that.
    const { code } = await started.server.stop();
    return { was: "ended", code, printed };
  }
}

export function startInWords(start: Start): string {
  switch (start.was) {
    case "answering":
      return `it listens, and /health answers ${start.status}`;
    case "ended":
      return `it ended with exit code ${start.code}${start.printed ? "" : ", without a word"}`;
  }
}
