import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell } from "./could-not-tell.ts";
import type { World } from "./lesson.ts";
import { PATIENCE } from "./patience.ts";
import type { TappedCommand } from "./tap.ts";

/**
 * Races, made certain. What is said to a database passes the tap one command at a time: its reply is
 * kept until everybody else has done what they can meanwhile, and then goes on to the next. Whoever
 * looks first and acts on it later always finds out that it was too early.
 */

/** The pause of one look, in milliseconds: then everybody who takes part has had another turn. */
const LOOK = 2;

/**
 * How long the next command may take, in milliseconds of patience, before it is clear that there is
 * none: a server may carry out one call after another, and that is no mistake.
 */
const NO_MORE = 24;

/**
 * How long a reply is kept at most, in milliseconds of wall-clock time: a server may give up a
 * database that says nothing for longer.
 */
const LONGEST_HOLD = 600;

/**
 * Carries out calls step by step: the replies to the first command of each are kept until all of
 * them are there, then those to the second, and so on.
 *
 * @param begin makes the calls, all at once, and gives their ends
 * @param others whose servers take part too, on the same database
 * @returns how the calls ended, in their order
 */
export async function inStep<T>(
  world: World,
  begin: () => readonly Promise<T>[],
  others: readonly World[] = [],
): Promise<PromiseSettledResult<T>[]> {
  const { tap } = world.database;
  const isTheirs = ofApplication(world);
  tap.withholdReplies(isTheirs);
  let going = 0;
  const ends = begin().map((call) => {
    going++;
    return call.finally(() => going--);
  });
  const all = Promise.allSettled(ends);
  while (going > 0) {
    await whileHeld(
      [world, ...others],
      () => going === 0 || tap.held >= going,
      NO_MORE,
    );
    tap.heal();
    if (going > 0) tap.withholdReplies(isTheirs);
  }
  tap.heal();
  return all;
}

/**
 * Carries out one call so slowly that something happens after each of its commands: when the database
 * has done the command, and before the server knows.
 *
 * @param between is called each time, and may talk to the database itself
 * @returns what the call gives
 */
export async function inBetween<T>(
  world: World,
  begin: () => Promise<T>,
  between: () => Promise<unknown>,
): Promise<T> {
  const { tap } = world.database;
  const isTheirs = ofApplication(world);
  let goesOn = true;
  tap.withholdReplies(isTheirs, 1);
  const end = begin().finally(() => (goesOn = false));
  end.catch(() => {}); // Whoever called awaits it below.
  while (goesOn) {
    await whileHeld([world], () => !goesOn || tap.held > 0, NO_MORE);
    if (tap.held > 0) await between();
    tap.heal();
    if (goesOn) tap.withholdReplies(isTheirs, 1);
  }
  tap.heal();
  return end;
}

/** What a driver says on its own, and what waits for news that may never come. */
const notHeld: ReadonlySet<string> = new Set([
  "ping",
  "getMore",
  "killCursors",
]);

/** Whether a command belongs to what the server is doing for somebody. */
function ofApplication({ database }: World) {
  return ({ name, command }: TappedCommand) =>
    command.$db === database.name && !notHeld.has(name);
}

/** Looks until it is so, or until servers and database have done all that they do at once. */
export async function looking(
  worlds: readonly World[],
  isSo: () => boolean,
  patience = PATIENCE,
): Promise<void> {
  for (let waited = 0; waited < patience && !isSo(); waited += LOOK) {
    await sleep(LOOK);
    for (const { server, database } of worlds) {
      await server.ping();
      await database.db.command({ ping: 1 });
    }
  }
}

/**
 * Looks as `looking` does, while replies are kept.
 *
 * @throws {CouldNotTell} when that takes so long that a right server may have given up its database
 */
export async function whileHeld(
  worlds: readonly World[],
  isSo: () => boolean,
  patience: number,
): Promise<void> {
  const end = performance.now() + LONGEST_HOLD;
  const isOver = () => performance.now() > end;
  await looking(worlds, () => isSo() || isOver(), patience);
  if (isOver() && !isSo())
    throw new CouldNotTell(
      "this machine was too busy to let two things happen at the same moment",
    );
}
