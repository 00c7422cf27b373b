import { inspect } from "node:util";
import { isAbout } from "../kit/chat.ts";
import type { World } from "../kit/lesson.ts";
import { show } from "../kit/show.ts";
import type { TappedCommand } from "../kit/tap.ts";
import { Unmet } from "../kit/unmet.ts";

/** What a server asks its database, as the tap sees it. */

/** A text that is in no query unless a client has brought it there. */
const CANARY = "canary";

/** What MongoDB takes for an order, and what else is no name and no number. */
export const OPERATORS: readonly unknown[] = [
  { $ne: CANARY },
  { $gt: "", $lte: CANARY },
  { $not: { $eq: CANARY } },
  { $in: ["secret", CANARY] },
  { $regex: `.|${CANARY}` },
  [CANARY],
];

export const REACHED = "it was a part of ";
export const UNBOUNDED = "the database was asked for all of it: ";

/**
 * What clients send meanwhile becomes no part of a query.
 *
 * @throws {Unmet} what `act` throws, or that it did
 */
export async function assertNotAsked(
  { database }: World,
  act: () => Promise<void>,
): Promise<void> {
  const before = database.tap.commands.length;
  const failure = await act().then(
    () => undefined,
    (error: unknown) => error,
  );
  // This says more than what came of it.
  for (const { name, command } of database.tap.commands.slice(before))
    if (inspect(command, { depth: Infinity }).includes(CANARY))
      throw new Unmet(
        "what is no name and no number never reaches the database",
        `${REACHED}${shownQuery(name, command)}`,
      );
  if (failure !== undefined) throw failure;
}

/**
 * What is read of the messages meanwhile is a page and not the room.
 *
 * @throws {Unmet} with the words `UNBOUNDED` first
 */
export async function assertBounded(
  { database }: World,
  act: () => Promise<void>,
): Promise<void> {
  const before = database.tap.commands.length;
  await act();
  const asked = database.tap.commands.slice(before).filter(isAbout("messages"));
  const endless = asked.find((command, index) =>
    readsAll(command, asked.slice(0, index)),
  );
  if (endless === undefined) return;
  const { name, command } = endless;
  throw new Unmet(
    "for a page the database is asked for a page",
    `${UNBOUNDED}${shownQuery(name, command)}`,
  );
}

/** Stages of a pipeline behind which there are few documents, however many there were. */
const narrowing: readonly string[] = ["$limit", "$count", "$group"];

function readsAll(
  { name, command }: TappedCommand,
  before: readonly TappedCommand[],
): boolean {
  // Behind a first batch there is more only where no limit was set. Whoever watches for changes asks
  // for the next ones all the time.
  if (name === "getMore") return before.some(isOpenFind);
  // Whoever chooses the size of a batch may stop after the first.
  const { limit = 0, batchSize = 0, pipeline } = command;
  if (name === "find") return Number(limit) === 0 && Number(batchSize) === 0;
  if (name !== "aggregate" || !Array.isArray(pipeline)) return false;
  return !pipeline.some((stage: object) =>
    Object.keys(stage).some((key) => narrowing.includes(key)),
  );
}

function isOpenFind({ name, command }: TappedCommand): boolean {
  return name === "find" && Number(command.limit ?? 0) === 0;
}

function shownQuery(name: string, command: Record<string, unknown>): string {
  const { filter, query, pipeline, sort } = command;
  const asked = filter ?? query ?? pipeline ?? {};
  return `${name} ${show(asked)}${sort === undefined ? "" : `, sort ${show(sort)}`}`;
}
