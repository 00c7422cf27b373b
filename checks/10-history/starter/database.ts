import { type Collection, type Db, MongoClient } from "mongodb";
import type { Message } from "./protocol.ts";

// TODO(10): each message gets a number in its room: 1, 2, 3 … The room's last one is in the
// collection `rooms`. No number of a room is there twice: an index sees to that.

/** A message in the database. The driver gives it an `_id`. */
interface StoredMessage {
  room: string;
  user: string;
  text: string;
  createdAt: Date;
}

// In milliseconds. The driver's own limits are half a minute and more, and whoever sent
// a message would wait as long.
const patience = 2000;

/** Where messages are kept. */
export class Database {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #messages: Collection<StoredMessage>;

  /**
   * Connects to it. A process does this once: a client keeps a few connections open and
   * lends them to whoever has something to store.
   *
   * @throws when the address cannot be read, or when no database answers there
   */
  static async open(uri: string, name: string): Promise<Database> {
    const client = new MongoClient(uri, {
      // How long to look for a database that answers, …
      serverSelectionTimeoutMS: patience,
      // … how long a new connection may take, …
      connectTimeoutMS: patience,
      // … and how long the answer to a command. A line can be silent without being cut.
      socketTimeoutMS: patience,
      // A second try by the driver would take as long again.
      retryReads: false,
      retryWrites: false,
    });
    await client.connect();
    return new Database(client, name);
  }

  private constructor(client: MongoClient, name: string) {
    this.#client = client;
    this.#db = client.db(name);
    this.#messages = this.#db.collection("messages");
  }

  /** Whether it answers now. What was true a minute ago says nothing. */
  async isUp(): Promise<boolean> {
    try {
      await this.#db.command({ ping: 1 });
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Stores a message.
   *
   * @returns what to tell of it
   * @throws {MongoError} when it may not be stored
   */
  async add(room: string, user: string, text: string): Promise<Message> {
    // A real date, which the database can compare. As text it goes over the wire only.
    const createdAt = new Date();
    const { insertedId } = await this.#messages.insertOne({
      room,
      user,
      text,
      createdAt,
    });
    const id = insertedId.toHexString();
    return { id, room, user, text, at: createdAt.toISOString() };
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }
}
