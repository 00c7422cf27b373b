import { NUMBERED, foundAgain, join, say } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import { patiently } from "../kit/patience.ts";
import { anIsoTime, anything, matches } from "../kit/shape.ts";
import type { TappedCommand } from "../kit/tap.ts";
import { inWords } from "../kit/unmet.ts";
import { BROKEN_TWICE, OTHER_CHANGES } from "./mistakes.ts";

/** Another program stores messages, past the server. */

const PROGRAM = "weather-station";

/** How long it may take to tell what came while the line to the database was broken, in milliseconds. */
const TOLD_LATER = 5_000;

/** How long drivers may take to come back to a database, in milliseconds of patience. */
const COMES_BACK = 2_000;

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
  await inWords(OTHER_CHANGES, assertOnlyNews(world, room, [alice, bob]));
  await inWords(BROKEN_TWICE, assertGoesOn(world, room, [alice, bob]));
}

/** What is changed or deleted nobody hears, and it keeps nobody from what is new. */
async function assertOnlyNews(
  world: World,
  room: string,
  members: readonly Client[],
): Promise<void> {
  const { database, timeline } = world;
  timeline.add({
    lane: "database",
    kind: "hinder",
    text: `another program changed the messages in the room ${room}, and then deleted them`,
  });
  const messages = database.db.collection("messages");
  // Several: whoever begins anew after each has lost the time to be heard at once.
  await messages.updateMany({ room }, { $set: { user: "somebody" } });
  await messages.deleteMany({ room });
  const message = await storeFromOutside(world, room, "no rain after all");
  await world.audience("message:new", members, message);
}

/** What is stored while the line to the database is broken is told when it is there again. */
async function assertGoesOn(
  world: World,
  room: string,
  members: readonly Client[],
): Promise<void> {
  const { server, timeline } = world;
  const { tap } = world.database;
  const before = new Set(tap.allCommands);
  const isAgain = (command: TappedCommand) =>
    opensStream(command) && !before.has(command);
  const cut = (text: string) => {
    timeline.add({ lane: "database", kind: "hinder", text });
    tap.cutOnce();
  };
  // Most drivers take a stream up once by themselves, and give up when they are kept from it.
  tap.withholdReplies(isAgain);
  cut("the line to the database broke");
  const again = tap.waitFor(isAgain, 0);
  const message = await storeFromOutside(world, room, "a storm at night");
  await patiently<unknown>(server, again, () => null, COMES_BACK);
  cut("the line to the database broke once more, and it was mended");
  tap.heal();
  await foundAgain(world);
  await world.audience("message:new", members, message, { limit: TOLD_LATER });
  const [alice] = members as [Client];
  const { id } = await say(alice, room, "Is it over?", NUMBERED);
  await world.audience("message:new", members, { id });
}

/** Whether a command begins a change stream. */
function opensStream({ name, command }: TappedCommand): boolean {
  const { pipeline } = command;
  const [first] = Array.isArray(pipeline) ? pipeline : [];
  return name === "aggregate" && matches({ $changeStream: anything }, first);
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
