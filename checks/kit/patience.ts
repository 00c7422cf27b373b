import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell } from "./could-not-tell.ts";
import { Unmet } from "./unmet.ts";

/**
 * How a check waits.
 *
 * A limit in wall-clock time is unjust on a busy machine: a right server is slow there through no
 * fault of its own. So patience is counted in turns: each turn is a short pause and then one answer
 * from the server's own event loop. A server that has had all its turns and did nothing will do
 * nothing; one that has not been given the processor has not had its turns. On a quiet machine a
 * turn takes little more than its pause, so that patience of 800 ms ends after about 850.
 */

/** The pause of one turn, in milliseconds. */
const TURN = 20;

/** The pause of a turn where only what is already under way is waited for, in milliseconds. */
const SHORT_TURN = 2;

/** Past this a machine is too slow for any verdict, in milliseconds of wall-clock time. */
const TOO_SLOW = 20_000;

/** How long a server may take for what has no time limit in the contract, in ms of patience. */
export const PATIENCE = 800;

/** Something with an event loop that can be asked for a turn. */
export interface Turning {
  /** Resolves when the event loop has turned; rejects when it does not turn any more. */
  ping(): Promise<void>;
  /** Rejects when it ends. */
  readonly died: Promise<never>;
}

/**
 * Resolves when the server has had `patience` milliseconds of turns.
 *
 * @throws {CouldNotTell} when that takes longer than any machine in order needs
 */
export async function pass(
  patience: number,
  server: Turning,
  signal?: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const turns = Math.ceil(patience / TURN);
  for (let turn = 0; turn < turns && !signal?.aborted; turn++) {
    await sleep(TURN, undefined, signal ? { signal } : {}).catch(() => {});
    if (signal?.aborted) return;
    await server.ping();
    if (performance.now() - began > TOO_SLOW + patience)
      throw new CouldNotTell(
        "this machine is too busy to judge a server by its answers",
      );
  }
}

/**
 * Waits for `awaited` until patience ends or the server dies.
 *
 * @param otherwise gives the value, or throws, when patience has ended
 * @throws {Fault} when the server dies or is blocked meanwhile
 */
export async function patiently<T>(
  server: Turning,
  awaited: Promise<T>,
  otherwise: () => T,
  patience = PATIENCE,
): Promise<T> {
  const enough = new AbortController();
  const ended = Symbol("patience ended");
  try {
    const first = await Promise.race([
      awaited,
      pass(patience, server, enough.signal).then(() => ended),
      server.died,
    ]);
    return first === ended ? otherwise() : (first as T);
  } finally {
    enough.abort();
  }
}

/**
 * Looks again and again until it is as it should be, or patience ends: how soon a server notices who
 * has gone, say, is not its choice.
 *
 * @param mayCome whether it is worth looking again after this failure
 * @throws {Unmet} what the last look found
 */
export async function patientlyTry(
  server: Turning,
  look: (isFirst: boolean) => Promise<unknown>,
  mayCome: (failure: Unmet) => boolean = () => true,
): Promise<void> {
  for (let waited = 0; ; waited += TURN) {
    try {
      await look(waited === 0);
      return;
    } catch (error) {
      if (!(error instanceof Unmet) || waited >= PATIENCE || !mayCome(error))
        throw error;
    }
    await pass(TURN, server);
  }
}

/**
 * Resolves after a few short turns: what a handler emits after an `await`, and what a client that has
 * just left has set off, is done by then.
 */
export async function turnAFewTimes(server: Turning): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await sleep(SHORT_TURN);
    await server.ping();
  }
}

/** How an answer stands to a time limit of a lesson's contract. */
export type Timeliness = "in time" | "late" | "could not tell";

/**
 * How often between a question and its answer some process waits for the processor: the question is
 * read, a timer runs out, others are asked and answer, the answer is read.
 */
const WAITS_FOR_THE_PROCESSOR = 5;

/**
 * Measures how late this machine itself is while a time limit of a contract runs.
 *
 * Timers of a server run on the wall clock, so a limit cannot simply grow with the machine's
 * slowness: a server that waits 2 s where 1 s is allowed would pass. Instead, an answer that comes
 * after its limit counts as late only if it is late by more than this machine can have cost it.
 */
export class LimitClock {
  readonly #began = performance.now();
  /** The longest that this process had to wait for the processor meanwhile, in milliseconds. */
  #longestWait = 0;
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TURN);
  }

  #tick(): void {
    const now = performance.now();
    this.#longestWait = Math.max(this.#longestWait, now - this.#last - TURN);
    this.#last = now;
  }

  /** @param limit in milliseconds, from the moment this clock was made */
  read(limit: number): { elapsed: number; timeliness: Timeliness } {
    this.#tick();
    const elapsed = performance.now() - this.#began;
    if (elapsed <= limit) return { elapsed, timeliness: "in time" };
    const cost = WAITS_FOR_THE_PROCESSOR * this.#longestWait;
    const isLate = elapsed - cost > limit;
    return { elapsed, timeliness: isLate ? "late" : "could not tell" };
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
