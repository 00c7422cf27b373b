import { setTimeout as sleep } from "node:timers/promises";
import {
  type Collection,
  type Db,
  MongoClient,
  type MongoClientOptions,
  MongoServerError,
  type WithId,
} from "mongodb";
import { storedByOthers } from "./changes.ts";
import type { Message, Missed, Page } from "./protocol.ts";

/** A message in the database. The driver gives it an `_id`. */
export interface StoredMessage {
  room: string;
  /** Its place in the room: 1, 2, 3 … */
  seq: number;
  user: string;
  text: string;
  /** Chosen by the client, the same at each try. Older clients choose none. */
  clientId?: string;
  createdAt: Date;
}

/** What a client wants to be stored. */
export type Draft = Pick<StoredMessage, "room" | "user" | "text" | "clientId">;

/** What became of it. */
export interface Added {
  message: Message;
  /** Whether it was there already: then this is the first one, and everybody knows of it. */
  duplicate: boolean;
}

/** A room in the database: how many places it has given away. */
interface StoredRoom {
  _id: string;
  seq: number;
}

// In milliseconds. The driver's own limits are half a minute and more, and whoever sent
// a message would wait as long.
const patience = 2000;
// In milliseconds: how long to wait before it is tried again to connect.
const pause = 500;

/** Where messages are kept. */
export class Database {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #messages: Collection<StoredMessage>;
  readonly #rooms: Collection<StoredRoom>;

  /** Resolves when it is connected and has its indexes, however long that takes. */
  readonly ready: Promise<void>;
  #isReady = false;
  #isClosed = false;
  /** What is done now to become ready. */
  #attempt: Promise<void>;

  /**
   * Begins to connect, and goes on trying: a server that is started before its database, or
   * with a certificate that has to be renewed, needs nobody who starts it again.
   *
   * @throws when the address or the options cannot be read
   */
  constructor(uri: string, name: string, options: MongoClientOptions) {
    this.#client = new MongoClient(uri, {
      // How long to look for a database that answers, …
      serverSelectionTimeoutMS: patience,
      // … how long a new connection may take, …
      connectTimeoutMS: patience,
      // … and how long the answer to a command. A line can be silent without being cut.
      socketTimeoutMS: patience,
      // A second try by the driver would take as long again.
      retryReads: false,
      retryWrites: false,
      ...options,
    });
    this.#db = this.#client.db(name);
    this.#messages = this.#db.collection("messages");
    this.#rooms = this.#db.collection("rooms");
    this.#attempt = this.#connect();
    this.ready = this.#becomeReady();
  }

  async #connect(): Promise<void> {
    await this.#client.connect();
    await this.#createIndexes();
    this.#isReady = true;
  }

  async #becomeReady(): Promise<void> {
    while (!this.#isReady) {
      try {
        await this.#attempt;
      } catch (error) {
        console.error(`No database yet: ${(error as Error).message}`);
        await sleep(pause);
        // A client that is closed would connect again, and the process would never end.
        if (this.#isClosed) return;
        this.#attempt = this.#connect();
      }
    }
  }

  /** An index that is there already is left alone, so every start may ask for it. */
  async #createIndexes(): Promise<void> {
    // For two things: a page is found without reading all messages, and no place in a
    // room is ever taken twice, whatever goes wrong here.
    await this.#messages.createIndex({ room: 1, seq: 1 }, { unique: true });
    // A user's message is stored once, however often it is sent. Only where there is a
    // clientId: for an index, messages without one would all have the same, none.
    await this.#messages.createIndex(
      { room: 1, user: 1, clientId: 1 },
      {
        unique: true,
        partialFilterExpression: { clientId: { $type: "string" } },
      },
    );
  }

  /**
   * Asks whether it answers now. What was true a minute ago says nothing.
   *
   * @throws what keeps it from answering
   */
  async ping(): Promise<void> {
    await this.#attempt;
    await this.#db.command({ ping: 1 });
  }

  /** Stores a message behind all others of its room, unless it is there already. */
  async add(draft: Draft): Promise<Added> {
    // Without its indexes it would take a message twice.
    if (!this.#isReady) throw new Error("the database is not ready yet");
    const seq = await this.#nextSeq(draft.room);
    // A real date, which the database can compare. As text it goes over the wire only.
    const message = { ...draft, seq, createdAt: new Date() };
    try {
      const { insertedId } = await this.#messages.insertOne(message);
      const stored = { ...message, _id: insertedId };
      return { message: toMessage(stored), duplicate: false };
    } catch (error) {
      // The index says it, not a look beforehand: between the look and the insert the
      // same message could come in by another way.
      const first = isDuplicate(error) && (await this.#earlier(draft));
      if (!first) throw error;
      return { message: toMessage(first), duplicate: true };
    }
  }

  /** The message that was stored when the same was sent before. */
  async #earlier({ room, user, clientId }: Draft) {
    if (clientId === undefined) return null;
    return await this.#messages.findOne({ room, user, clientId });
  }

  /**
   * The newest messages of a room, or the newest among those before a place.
   *
   * @param limit how many at most
   */
  async page(room: string, limit: number, before?: number): Promise<Page> {
    const found = await this.#messages
      .find(before === undefined ? { room } : { room, seq: { $lt: before } })
      .sort({ seq: -1 })
      // One more than wanted tells whether there are older ones.
      .limit(limit + 1)
      .toArray();
    return {
      // The newest had to be found first. People read the oldest first.
      messages: found.slice(0, limit).reverse().map(toMessage),
      hasMore: found.length > limit,
    };
  }

  /**
   * What came behind a place in a room.
   *
   * @param limit how many at most: those that come first
   */
  async after(room: string, place: number, limit: number): Promise<Missed> {
    const found = await this.#messages
      .find({ room, seq: { $gt: place } })
      .sort({ seq: 1 })
      .limit(limit + 1)
      .toArray();
    return {
      missed: found.slice(0, limit).map(toMessage),
      truncated: found.length > limit,
    };
  }

  /** Messages that other programs store, as they come. It has an end where the database cannot tell. */
  async *fromOthers(): AsyncGenerator<Message> {
    await this.ready;
    for await (const stored of storedByOthers(this.#messages)) {
      yield toMessage(stored);
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.close();
  }

  /** Gives away the next place in a room. Whoever asks at the same time gets another one. */
  async #nextSeq(room: string): Promise<number> {
    try {
      return await this.#countOn(room);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // Two began this room at the same moment, and the other was first. Now it is there.
      return await this.#countOn(room);
    }
  }

  async #countOn(room: string): Promise<number> {
    // One command, in which the database counts. If we read the number and wrote back
    // the next, two who read at the same time would get the same place.
    const counter = await this.#rooms.findOneAndUpdate(
      { _id: room },
      { $inc: { seq: 1 } },
      { upsert: true, returnDocument: "after" },
    );
    if (counter === null) throw new Error(`no counter for the room ${room}`);
    return counter.seq;
  }
}

/** A stored message as it goes over the wire. */
function toMessage(stored: WithId<StoredMessage>): Message {
  const { _id, room, seq, user, text, clientId, createdAt } = stored;
  const at = createdAt.toISOString();
  // Field by field: what else may be in the document is nobody's business. A clientId that
  // is undefined does not go over the wire.
  return { id: _id.toHexString(), room, seq, user, text, clientId, at };
}

/** Whether a unique index refused it: what it holds is there already. */
function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}
