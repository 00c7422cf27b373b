import { setTimeout as sleep } from "node:timers/promises";
import { Schema, type Types, createConnection } from "mongoose";
import type { Collection } from "mongodb";
import { storedByOthers } from "../../../../solutions/14-mongodb-over-tls/changes.ts";
import type {
  Message,
  Missed,
  Page,
} from "../../../../solutions/14-mongodb-over-tls/protocol.ts";

export interface StoredMessage {
  room: string;
  seq: number;
  user: string;
  text: string;
  clientId?: string;
  createdAt: Date;
}

export type Draft = Pick<StoredMessage, "room" | "user" | "text" | "clientId">;

export interface Added {
  message: Message;
  duplicate: boolean;
}

interface StoredRoom {
  _id: string;
  seq: number;
}

type Found = StoredMessage & { _id: Types.ObjectId };

const messageSchema = new Schema<StoredMessage>(
  {
    room: { type: String, required: true },
    seq: { type: Number, required: true },
    user: { type: String, required: true },
    text: { type: String, required: true },
    clientId: String,
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
);
messageSchema.index({ room: 1, seq: 1 }, { unique: true });
messageSchema.index(
  { room: 1, user: 1, clientId: 1 },
  { unique: true, partialFilterExpression: { clientId: { $type: "string" } } },
);

const roomSchema = new Schema<StoredRoom>(
  { _id: String, seq: Number },
  { versionKey: false, autoIndex: false, autoCreate: false },
);

const limits = {
  serverSelectionTimeoutMS: 1500,
  connectTimeoutMS: 1500,
  socketTimeoutMS: 2000,
  retryReads: false,
  retryWrites: false,
  bufferCommands: false,
};

export class Database {
  readonly #connection = createConnection();
  readonly #messages = this.#connection.model("Message", messageSchema);
  readonly #rooms = this.#connection.model("Room", roomSchema);
  readonly #open: () => Promise<unknown>;
  readonly ready: Promise<void>;
  #isReady = false;
  #isClosed = false;
  #attempt: Promise<void>;

  constructor(uri: string, dbName: string, options: object) {
    const all = { ...limits, ...options, dbName };
    this.#open = () => this.#connection.openUri(uri, all);
    this.#attempt = this.#connect();
    this.ready = this.#becomeReady();
  }

  async #connect(): Promise<void> {
    await this.#open();
    await this.#messages.createIndexes();
    this.#isReady = true;
  }

  async #becomeReady(): Promise<void> {
    for (;;) {
      const error = await this.#attempt.then(
        () => null,
        (reason: Error) => reason,
      );
      if (error === null || this.#isClosed) return;
      console.error(error.message);
      await sleep(1000);
      if (this.#isClosed) return;
      this.#attempt = this.#connect();
    }
  }

  async ping(): Promise<void> {
    await this.#attempt;
    await this.#connection.db?.admin().ping();
  }

  async add(draft: Draft): Promise<Added> {
    if (!this.#isReady) throw new Error("not yet");
    const seq = await this.#nextSeq(draft.room);
    try {
      const made = await this.#messages.create({
        ...draft,
        seq,
        createdAt: new Date(),
      });
      return { message: toMessage(made), duplicate: false };
    } catch (error) {
      const { room, user, clientId } = draft;
      const first =
        isDuplicate(error) && clientId !== undefined
          ? await this.#messages.findOne({ room, user, clientId })
          : null;
      if (first === null) throw error;
      return { message: toMessage(first), duplicate: true };
    }
  }

  async page(room: string, limit: number, before?: number): Promise<Page> {
    const found = await this.#messages
      .find(before === undefined ? { room } : { room, seq: { $lt: before } })
      .sort({ seq: -1 })
      .limit(limit + 1);
    return {
      messages: found.slice(0, limit).reverse().map(toMessage),
      hasMore: found.length > limit,
    };
  }

  async after(room: string, place: number, limit: number): Promise<Missed> {
    const found = await this.#messages
      .find({ room, seq: { $gt: place } })
      .sort({ seq: 1 })
      .limit(limit + 1);
    return {
      missed: found.slice(0, limit).map(toMessage),
      truncated: found.length > limit,
    };
  }

  async *fromOthers(): AsyncGenerator<Message> {
    await this.ready;
    const messages = this.#messages.collection;
    for await (const stored of storedByOthers(
      messages as unknown as Collection<StoredMessage>,
    ))
      yield toMessage(stored as Found);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection.close();
  }

  async #nextSeq(room: string): Promise<number> {
    for (;;) {
      try {
        const counter = await this.#rooms.findByIdAndUpdate(
          room,
          { $inc: { seq: 1 } },
          { upsert: true, returnDocument: "after" },
        );
        return counter.seq;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    }
  }
}

function toMessage(stored: Found): Message {
  const { _id, room, seq, user, text, clientId, createdAt } = stored;
  const at = createdAt.toISOString();
  return { id: _id.toHexString(), room, seq, user, text, clientId, at };
}

function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown }).code === 11000;
}
