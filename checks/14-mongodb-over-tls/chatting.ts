import { NUMBERED, clear, join, say, stored } from "../kit/chat.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import { patientlyTry } from "../kit/patience.ts";
import { show } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";

/** That all is as lesson 12 left it, once the database can be reached. */

const ROOM = "tea";
const TEXT = "Is this line safe?";

/** What lessons 10 and 11 asked for. */
const KEYS = [
  { room: 1, seq: 1 },
  { room: 1, user: 1, clientId: 1 },
];

/** @throws {Unmet} when a message is not taken, stored and told */
export async function assertStores(world: World): Promise<void> {
  const { client, database, audience, server } = world;
  const alice = await client("Alice");
  await clear(database, ROOM);
  await join(ROOM, alice);
  let id = "";
  // A server may know of its database a moment before it has its indexes.
  await patientlyTry(server, async () => {
    ({ id } = await say(alice, ROOM, TEXT, NUMBERED));
  });
  await audience("message:new", [alice], { id, room: ROOM, text: TEXT });
  const documents = await stored(database, ROOM);
  if (documents.some(({ _id, text }) => `${_id}` === id && text === TEXT))
    return;
  throw new Unmet(
    "the message is in the database",
    documents.length === 0 ? "there is none" : show(documents),
  );
}

/** @throws {Unmet} when an index is missing */
export async function assertIndexes({ db }: LessonDatabase): Promise<void> {
  const indexes = await db
    .collection("messages")
    .listIndexes()
    .toArray()
    // Without the collection there are no indexes either.
    .catch(() => []);
  const unique = indexes.filter((index) => index.unique === true);
  const missing = KEYS.find(
    (key) => !unique.some((index) => show(index.key) === show(key)),
  );
  if (missing !== undefined)
    throw new Unmet(
      `messages has a unique index ${show(missing)}`,
      "there is none",
      { value: { missing: show(missing) } },
    );
}
