import { setTimeout as sleep } from "node:timers/promises";
import {
  type ChangeStreamInsertDocument,
  type Collection,
  MongoServerError,
  ObjectId,
  type WithId,
} from "mongodb";
import type { StoredMessage } from "./database.ts";

// Messages that somebody else stores: another program, or this one on another machine. The
// database tells of them by itself, if it is a replica set. Without that, they are in the
// history and among what was missed, and only nobody hears of them at once.

type Stored = WithId<StoredMessage>;

/** Documents that are what this server would have stored, so that all else is left alone. */
const newMessages = [
  {
    $match: {
      operationType: "insert",
      "fullDocument._id": { $type: "objectId" },
      "fullDocument.room": { $type: "string" },
      "fullDocument.seq": { $type: "number" },
      "fullDocument.user": { $type: "string" },
      "fullDocument.text": { $type: "string" },
      "fullDocument.createdAt": { $type: "date" },
    },
  },
];

/** What MongoDB says when it is not a replica set. */
const notAReplicaSet = 40573;

// In milliseconds: how long to wait after a failure.
const pause = 1000;

/** Each message that another process stores, as soon as it is there. */
export async function* storedByOthers(messages: Collection<StoredMessage>) {
  for (;;) {
    const stream = messages.watch<Stored, ChangeStreamInsertDocument<Stored>>(
      newMessages,
    );
    try {
      for await (const { fullDocument } of stream) {
        if (!isOurs(fullDocument._id)) yield fullDocument;
      }
      return;
    } catch (error) {
      const isServers = error instanceof MongoServerError;
      if (isServers && error.code === notAReplicaSet) return;
    }
    // `ref: false`: nobody waits for this when the server ends.
    await sleep(pause, undefined, { ref: false });
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
