import { NUMBERED, join, say } from "../kit/chat.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import { anIsoTime } from "../kit/shape.ts";

/** Another program stores messages, past the server. */

const PROGRAM = "weather-station";

export async function assertChangesAreTold(world: World): Promise<void> {
  const room = "harbour";
  const [alice, bob] = await world.connect("Alice", "Bob");
  await join(room, alice, bob);
  for (const text of ["wind from the west", "rain by noon"]) {
    const { id } = await say(alice, room, `What next after ${text}?`, NUMBERED);
    await world.audience("message:new", [alice, bob], { id });
    // Changes are reported in their order: had the server told Alice's once more, it came before this.
    const message = await storeFromOutside(world, room, text);
    await world.audience("message:new", [alice, bob], message);
  }
}

/** @returns the message as the server is to tell it */
async function storeFromOutside(
  { database, timeline }: World,
  room: string,
  text: string,
) {
  timeline.add({
    lane: "database",
    kind: "hinder",
    text: `another program stored ${text} in the room ${room}`,
  });
  const { db } = database;
  const seq = await nextSeq(database, room);
  const document = {
    room,
    seq,
    user: PROGRAM,
    text,
    createdAt: new Date(),
  };
  const { insertedId } = await db.collection("messages").insertOne(document);
  const id = insertedId.toHexString();
  return { id, room, seq, user: PROGRAM, text, at: anIsoTime };
}

async function nextSeq({ db }: LessonDatabase, room: string): Promise<number> {
  const counter = await db
    .collection<{ _id: string; seq: number }>("rooms")
    .findOneAndUpdate(
      { _id: room },
      { $inc: { seq: 1 } },
      { upsert: true, returnDocument: "after" },
    );
  return counter?.seq ?? 1;
}
