import { aWholeNumber, isCommandOf, stored } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import { inStep, looking } from "../kit/in-step.ts";
import { anything, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";

/** The numbers of messages that are sent at the same moment. */

/** How long a second command may take to the database, in milliseconds of patience. */
const SECOND = 40;

/**
 * Sends messages at the same moment, and gives the answers.
 *
 * The server hears nothing from the database until that has replied twice: whoever reads a number
 * and comes back later to write the next one has read the same as another by then.
 */
export async function atOnce(
  world: World,
  send: () => Promise<unknown>[],
): Promise<PromiseSettledResult<unknown>[]> {
  const { database } = world;
  const { tap } = database;
  tap.withholdReplies(isCommandOf(database));
  const answers = Promise.allSettled(send());
  note(world, "the database's first reply waited for the second");
  // One that does one thing after the other has no second one under way.
  await looking([world], () => tap.held > 1, SECOND);
  tap.heal();
  return answers;
}

/**
 * Sends messages to two servers at the same moment. Their commands are carried out in step: none of
 * them hears of its first one before the other's is done, and so on.
 */
export function onBoth(
  world: World,
  other: World,
  send: () => Promise<unknown>[],
): Promise<PromiseSettledResult<unknown>[]> {
  return inStep(world, () => {
    const answers = send();
    note(world, "the database's replies to one waited for the other's");
    return answers;
  }, [other]);
}

function note({ timeline }: World, text: string): void {
  timeline.add({ lane: "database", kind: "hinder", text });
}

/** There is no limit in the contract, and messages may wait for each other; in ms of patience. */
const LONG_ENOUGH = 3_000;

/** Sends so many messages without waiting for the answers. */
export function burst(
  client: Client,
  room: string,
  count: number,
): Promise<unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    client.ask(
      "message:send",
      [{ room, text: `number ${index + 1} at once` }],
      { ok: anything },
      LONG_ENOUGH,
    ),
  );
}

/** What was wrong with the numbers, as `facts.value`. */
export type NumberTrouble = "refused" | "missing" | "twice" | "hole";

/**
 * The messages that were answered, and those that are stored, have the numbers from 1 on.
 *
 * @throws {Unmet} with a {@link NumberTrouble} as `facts.value.trouble`
 */
export async function assertNumbered(
  what: string,
  ends: readonly PromiseSettledResult<unknown>[],
  database: LessonDatabase,
  room: string,
): Promise<void> {
  const numbers = ends.length === 2 ? "1 and 2" : `1 to ${ends.length}`;
  const expected = `${what} get the numbers ${numbers}, each once`;
  const answers = ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  const refused = answers.find((answer) => !matches({ ok: true }, answer));
  if (refused !== undefined)
    throw trouble("refused", expected, `one was answered ${show(refused)}`);
  assertFromOne(expected, "answered", answers.map(numberOf));
  const documents = await stored(database, room);
  assertFromOne(expected, "stored", documents.map(numberOf));
}

function assertFromOne(
  expected: string,
  where: string,
  numbers: readonly unknown[],
): void {
  const odd = numbers.findIndex((number) => !aWholeNumber.test(number));
  if (odd >= 0)
    throw trouble(
      "missing",
      expected,
      `${where}: seq is ${show(numbers[odd])}`,
    );
  const times = (number: unknown) =>
    numbers.filter((other) => other === number).length;
  const twice = numbers.find((number) => times(number) > 1);
  if (twice !== undefined)
    throw trouble(
      "twice",
      expected,
      `${where}: ${show(twice)} was given ${times(twice)} times`,
    );
  const hole = numbers.findIndex((_, index) => times(index + 1) === 0);
  if (hole >= 0)
    throw trouble("hole", expected, `${where}: there is no ${hole + 1}`);
}

function trouble(
  kind: NumberTrouble,
  expected: string,
  received: string,
): Unmet {
  return new Unmet(expected, received, { value: { trouble: kind } });
}

function numberOf(value: unknown): unknown {
  return (value as { seq?: unknown } | null)?.seq;
}
