import {
  type ChangeStreamInsertDocument,
  type Collection,
  ObjectId,
  type WithId,
} from "mongodb";
import type { StoredMessage } from "./database.ts";

// Messages that somebody else stores: another program, or this one on another machine. The
// database tells of them by itself, if it is a replica set.

type Stored = WithId<StoredMessage>;

/** Each message that another process stores, as soon as it is there. */
export async function* storedByOthers(messages: Collection<StoredMessage>) {
  const stream = messages.watch<Stored, ChangeStreamInsertDocument<Stored>>();
  for await (const { fullDocument } of stream) {
    if (!isOurs(fullDocument._id)) yield fullDocument;
  }
}

// The five bytes in the middle of an ObjectId are drawn by lot when a process starts, and
// are in all that it makes. So we know our own messages, which have been told already.
const ourMark = markOf(new ObjectId());

function isOurs(id: ObjectId): boolean {
  return markOf(id) === ourMark;
}

function markOf(id: ObjectId): string {
  return id.toHexString().slice(8, 18);
}
