import { type Collection, MongoServerError } from "mongodb";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import { show } from "../kit/show.ts";
import { list } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";

/** The index that keeps a message from being stored twice: its key, and what it refuses. */

const KEY = { room: 1, user: 1, clientId: 1 } as const;

const EXPECTED = `an index on messages with the key ${show(KEY)}`;

export const OTHER_ORDER = "the fields are there, in another order";
export const NOT_REFUSED = "the database took it a second time";
export const NULL = "two messages with clientId: null are taken";
const WITHOUT = "two messages without a clientId are taken";
const TWICE = "the same room, user and clientId are refused";

/** No user of the tokens: a server that looks into this room finds nobody's messages. */
const PROBE = { room: "probe", user: "probe", text: "probe" };

const DUPLICATE_KEY = 11000;

/** @throws {Unmet} when there is no such index, or when it refuses too much or too little */
export async function assertUniqueIndex({ db }: LessonDatabase): Promise<void> {
  const messages = db.collection("messages");
  await assertKey(messages);
  let seq = 0;
  // What the index does counts, not how that is written.
  const takes = async (fields: object) => {
    const probe = { ...PROBE, ...fields, createdAt: new Date(), seq: ++seq };
    try {
      await messages.insertOne(probe);
      return true;
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== DUPLICATE_KEY)
        throw error;
      return false;
    }
  };
  try {
    for (const [what, fields] of [
      [WITHOUT, {}],
      [NULL, { clientId: null }],
    ] as const)
      if (!(await takes(fields)) || !(await takes(fields)))
        throw new Unmet(what, "the database refused the second");
    const fields = { clientId: "the-same-one" };
    await takes(fields);
    if (await takes(fields)) throw new Unmet(TWICE, NOT_REFUSED);
  } finally {
    await messages.deleteMany({ room: PROBE.room });
  }
}

async function assertKey(messages: Collection): Promise<void> {
  const indexes = await messages.listIndexes().toArray();
  const keys = indexes.map(({ key }) => key as Record<string, unknown>);
  // The order of the fields is part of a key.
  const isThere = keys.some(
    (key) => JSON.stringify(key) === JSON.stringify(KEY),
  );
  if (isThere) return;
  const fields = (key: object) => Object.keys(key).toSorted().join();
  const hasAll = keys.some((key) => fields(key) === fields(KEY));
  const shown = list(keys.map((key) => show(key)));
  throw new Unmet(EXPECTED, hasAll ? OTHER_ORDER : `there are ${shown}`);
}
