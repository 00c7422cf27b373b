import type { ObjectId } from "mongodb";
import type { Client } from "./client.ts";
import { CouldNotTell } from "./could-not-tell.ts";
import type { LessonDatabase } from "./lesson-database.ts";
import type { World } from "./lesson.ts";
import { pass, patiently } from "./patience.ts";
import {
  Kind,
  type Matching,
  type Shape,
  aString,
  anIsoTime,
  matches,
} from "./shape.ts";
import { showAnswer } from "./http.ts";
import type { TappedCommand } from "./tap.ts";
import { Unmet } from "./unmet.ts";

/** The chat on a database, as lessons 09 to 12 have it: what is said, what is stored, what passes the tap. */

/** A message as it stands in the collection `messages`, before anything is known of its fields. */
export type Stored = Record<string, unknown> & { _id: ObjectId };

/** A message that the check itself has put into the database. */
export interface Seeded {
  _id: ObjectId;
  room: string;
  seq: number;
  user: string;
  text: string;
  createdAt: Date;
}

/** How long whoever sends a message may have to wait for a refusal, in wall-clock milliseconds. */
export const REFUSAL_LIMIT = 3_000;

/** Beyond a limit, so that what comes late is told from what never comes, in milliseconds. */
export const LATE = 700;

export const aWholeNumber = new Kind<number>(
  "a whole number",
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
);

/** The answer to a message that was taken. */
export const SENT = { ok: true, id: aString } as const;

/** The same from lesson 10 on. */
export const NUMBERED = { ok: true, id: aString, seq: aWholeNumber } as const;

/** Somebody who has said what a check finds in the past. */
const SOMEBODY = "bob";

/** The same for all that is seeded: neither a time nor an `_id` says in which order they were. */
const ONE_MOMENT = new Date("2026-01-31T12:00:00.000Z");

/** An answer that refuses, with this code. */
export function refusal(code: string) {
  return { ok: false, error: { code, message: aString } } as const;
}

/** Each of them joins the room, one after another. */
export async function join(room: string, ...clients: Client[]): Promise<void> {
  for (const client of clients)
    await client.ask("room:join", [{ room }], { ok: true, room });
}

/** Sends a message, and gives the answer. */
export function say<S extends Shape = typeof SENT>(
  client: Client,
  room: string,
  text: string,
  answer: S = SENT as unknown as S,
): Promise<Matching<S>> {
  return client.ask("message:send", [{ room, text }], answer);
}

/**
 * What the server had begun before, for anybody, it has had the time to end: it has been asked since,
 * twice, for something that it asks its database for.
 */
export async function hasAnswered(member: Client, room: string): Promise<void> {
  for (let time = 0; time < 2; time++)
    await member.hasAnswer("history:get", { room });
}

/** What is stored of a room: by `seq`, where there is one, else as it was stored. */
export function stored(
  { db }: LessonDatabase,
  room: string,
): Promise<Stored[]> {
  return db.collection<Stored>("messages").find({ room }).sort("seq").toArray();
}

/** Forgets a room: a requirement may be tried a second time. */
export async function clear(
  { db }: LessonDatabase,
  room: string,
): Promise<void> {
  await db.collection("messages").deleteMany({ room });
  await db.collection<{ _id: string }>("rooms").deleteMany({ _id: room });
}

/**
 * Puts messages into a room, numbered from 1 on, and the room's counter with them.
 *
 * They are stored in another order than that of their numbers, and all at the same moment.
 *
 * @returns them by their numbers
 */
export async function seed(
  database: LessonDatabase,
  room: string,
  count: number,
): Promise<Seeded[]> {
  const { db } = database;
  await clear(database, room);
  const messages = Array.from({ length: count }, (_, index) =>
    seededMessage(room, index + 1),
  );
  const odd = messages.filter(({ seq }) => seq % 2 === 1);
  const even = messages.filter(({ seq }) => seq % 2 === 0);
  // The driver gives each an `_id`.
  await db.collection("messages").insertMany([...odd, ...even]);
  await db
    .collection<{ _id: string; seq: number }>("rooms")
    .updateOne({ _id: room }, { $set: { seq: count } }, { upsert: true });
  return messages as Seeded[];
}

function seededMessage(room: string, seq: number): Omit<Seeded, "_id"> {
  const text = `number ${seq} in ${room}`;
  return { room, seq, user: SOMEBODY, text, createdAt: ONE_MOMENT };
}

/** A seeded message as the server tells of it. */
export function told({ _id, room, seq, user, text, createdAt }: Seeded) {
  const at = new Kind(
    createdAt.toISOString(),
    (value) =>
      anIsoTime.test(value) &&
      Date.parse(value as string) === createdAt.getTime(),
  );
  return { id: _id.toHexString(), room, seq, user, text, at };
}

// ---- at the tap

const writing: ReadonlySet<string> = new Set([
  "insert",
  "update",
  "findAndModify",
  "bulkWrite",
]);

/** Whether a command is one of the application's, in its own database. */
export function isCommandOf({
  name,
}: LessonDatabase): (command: TappedCommand) => boolean {
  return ({ name: what, command }) => command.$db === name && what !== "ping";
}

/** Whether a command is about this collection, whatever it does with it. */
export function isAbout(
  collection: string,
): (command: TappedCommand) => boolean {
  return ({ name, command }) => {
    if (command[name] === collection || command.collection === collection)
      return true;
    const namespaces = command.nsInfo;
    return (
      Array.isArray(namespaces) &&
      namespaces.some(({ ns }) => String(ns).endsWith(`.${collection}`))
    );
  };
}

/** Whether a command stores something among the messages. */
export function storesMessage(tapped: TappedCommand): boolean {
  return writing.has(tapped.name) && isAbout("messages")(tapped);
}

/**
 * Does something, and waits until the server has sent a command of that kind for it.
 *
 * @param what in the words of a report, such as "message:send stores the message"
 * @throws {Unmet} when none comes
 */
export function passes(
  { server, database: { tap } }: World,
  which: (command: TappedCommand) => boolean,
  what: string,
  act: () => void,
): Promise<TappedCommand> {
  const before = new Set(tap.allCommands);
  act();
  const awaited = tap.waitFor(
    (command) => which(command) && !before.has(command),
    0,
  );
  return patiently(server, awaited, () => {
    throw new Unmet(what, "nothing of the kind was sent to the database");
  });
}

/** Longer than that no reply is held back, in wall-clock milliseconds: see `whileHeld`. */
const MOST_HELD = 1_500;

/**
 * Looks at something for which replies of the database are held back.
 *
 * A server has time limits of its own for its database, and they run on the wall clock. On a busy
 * machine a short look may last so long that they are reached: what is unmet then says nothing.
 *
 * @throws {CouldNotTell} when something is unmet, and the look has lasted too long for a verdict
 */
export async function whileHeld<T>(look: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await look();
  } catch (error) {
    if (error instanceof Unmet && performance.now() - began > MOST_HELD)
      throw new CouldNotTell(
        "this machine was too busy to hold the database's replies back for a moment only",
      );
    throw error;
  }
}

// ---- while the database is away

/**
 * A message that cannot be stored is refused within the contract's 3 s.
 *
 * @throws {Unmet} when the answer is another one, late, or none
 */
export function assertUnavailable(
  { within }: World,
  client: Client,
  room: string,
  text: string,
): Promise<unknown> {
  return within(
    REFUSAL_LIMIT,
    "message:send is answered",
    client.ask(
      "message:send",
      [{ room, text }],
      refusal("DB_UNAVAILABLE"),
      REFUSAL_LIMIT + LATE,
    ),
  );
}

/**
 * Cuts the line to the database while the server waits for a reply. So its driver knows at once that
 * the database is away; a connection that nobody used would be missed only by the next command.
 *
 * @param ask sends what needs the database, and gives the answer
 */
export async function cutLine<T>(
  world: World,
  ask: () => Promise<T>,
): Promise<T> {
  const { database } = world;
  const isOurs = isCommandOf(database);
  database.tap.withholdReplies(isOurs);
  let answer: Promise<T> | undefined;
  await passes(world, isOurs, "the database is asked", () => {
    answer = ask();
    answer.catch(() => {}); // Awaited below.
  });
  database.cut();
  return answer as Promise<T>;
}

/** The longest that drivers wait before they look for a lost database again, and a bit, in ms. */
const RECOVERY = 12_000;

/** On a quiet machine there is time for more looks than this; a busy one has to give as many. */
const FAIR_LOOKS = 150;

/**
 * Waits until a server has found its database again, as `/health` says it.
 *
 * @throws {Unmet} when it does not, long after its driver has looked
 * @throws {CouldNotTell} when this machine is too busy for its driver to look
 */
export async function foundAgain({ server, request }: World): Promise<void> {
  const began = performance.now();
  for (let looks = 1; ; looks++) {
    const answer = await request("/health", { patience: REFUSAL_LIMIT + LATE });
    if (answer.status === 200 && matches({ ok: true }, answer.json)) return;
    const waited = performance.now() - began;
    if (waited > RECOVERY && looks >= FAIR_LOOKS)
      throw new Unmet(
        "/health answers 200 when the database is back",
        showAnswer(answer),
        { status: answer.status, value: answer.json },
      );
    if (waited > 3 * RECOVERY)
      throw new CouldNotTell(
        "this machine is too busy for a database to be found again",
      );
    await pass(AGAIN, server);
  }
}

/** Between two looks, in milliseconds of patience. */
const AGAIN = 40;
