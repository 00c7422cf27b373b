import { type Stored, clear, stored } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { Failure, Mistake, World } from "../kit/lesson.ts";
import {
  Kind,
  type Shape,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { patientlyTry } from "../kit/patience.ts";
import { show } from "../kit/show.ts";
import type { TappedCommand } from "../kit/tap.ts";
import { list } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";

/** What stands in the database, compared with what the contract says of it. */

/** What a client claims in its payload, and nobody may believe. */
export const FORGED = {
  _id: "forged",
  user: "admin",
  isAdmin: true,
  seq: 999,
  createdAt: "2001-01-01T00:00:00.000Z",
};

const anObjectId = new Kind(
  "an ObjectId",
  (value) => (value as { _bsontype?: unknown })?._bsontype === "ObjectId",
);

const aDate = new Kind("a Date", (value) => value instanceof Date);

const FIELDS: readonly string[] = ["_id", "room", "user", "text", "createdAt"];

/** The servers of later lessons number their messages, and keep what this lesson asks for. */
function isOfLaterLesson(field: string, value: unknown): boolean {
  return field === "seq" && typeof value === "number" && value !== FORGED.seq;
}

/**
 * Sends a message that claims more than a client may, and gives what became of it.
 *
 * @throws {Unmet} when it is refused, or when not exactly one document came of it
 */
export async function sendForged(
  world: World,
  client: Client,
  room: string,
  text: string,
): Promise<Stored> {
  await clear(world.database, room);
  const before = world.database.tap.commands.length;
  const payload = { room, text: ` ${text}\n`, ...FORGED };
  await client.ask("message:send", [payload], { ok: true });
  return onlyDocument(world, room, before);
}

/** Why there is no document where there should be one, as `facts.value`. */
interface Elsewhere {
  wentTo: "nowhere" | "another collection" | "another database";
}

export function wentTo(where: Elsewhere["wentTo"]): Mistake["looksLike"] {
  return ({ facts }) => matches({ wentTo: where }, facts.value);
}

/**
 * The one document of a room. Whether it came in time is the question of another requirement.
 *
 * @param before how many commands had passed the tap before the message was sent
 * @throws {Unmet} with an {@link Elsewhere} as value when there is none, or with `times`
 */
export async function onlyDocument(
  world: World,
  room: string,
  before = 0,
): Promise<Stored> {
  const { database, server } = world;
  let documents: Stored[] = [];
  const look = async () => {
    documents = await inRoomOrOtherwise(database, room);
    if (documents.length === 0)
      throw await elsewhere(database, database.tap.commands.slice(before));
  };
  await patientlyTry(server, look);
  const [document, ...others] = documents;
  if (document !== undefined && others.length === 0) return document;
  throw new Unmet(ONE_DOCUMENT, `it holds ${documents.length}`, {
    times: documents.length,
  });
}

const ONE_DOCUMENT = "the collection messages then holds one document of it";

/** The documents of a room; where the name of the room stands in another field, all there are. */
async function inRoomOrOtherwise(
  database: LessonDatabase,
  room: string,
): Promise<Stored[]> {
  const own = await stored(database, room);
  if (own.length > 0) return own;
  const messages = database.db.collection<Stored>("messages");
  return messages.find({ room: { $exists: false } }).toArray();
}

/** Where a message went that is not among the messages. */
async function elsewhere(
  { name, db }: LessonDatabase,
  commands: readonly TappedCommand[],
): Promise<Unmet> {
  const other = commands
    .map(({ command }) => String(command.$db))
    .find((used) => used !== name);
  if (other !== undefined)
    return unmet(
      "another database",
      `the database ${other} was used, and MONGODB_DB is ${name}`,
    );
  const collections = await db.listCollections().toArray();
  return collections.length === 0
    ? unmet("nowhere", "the database is empty")
    : unmet(
        "another collection",
        `it holds none; there is ${list(collections.map((each) => each.name))}`,
      );

  function unmet(where: Elsewhere["wentTo"], received: string): Unmet {
    return new Unmet(ONE_DOCUMENT, received, { value: { wentTo: where } });
  }
}

/**
 * @throws {Unmet} with the document as value when a field is missing, has another type, or is one too
 *   many
 */
export function assertDocument(
  document: Stored,
  said: { room: string; user: string; text: string },
): void {
  const shape: Shape = { _id: anObjectId, ...said, createdAt: aDate };
  const tooMany = Object.entries(document).filter(
    ([field, value]) =>
      !FIELDS.includes(field) && !isOfLaterLesson(field, value),
  );
  if (matches(shape, document) && tooMany.length === 0) return;
  throw new Unmet(
    `the document is exactly ${describeShape(shape)}`,
    show(document, 240),
    { value: document },
  );
}

/** Whether a field of the stored document has such a value. */
export function holds(field: string, ...values: Shape[]) {
  return ({ facts: { value } }: Failure): boolean =>
    values.some((shape) => matches({ [field]: shape }, value));
}

/** Whether the stored document has such a field at all. */
export function has(...fields: string[]): Mistake["looksLike"] {
  return (failure) => fields.some((field) => holds(field, anything)(failure));
}
