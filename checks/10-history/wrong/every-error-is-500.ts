// fails: http
// mistake: unreadable-address
// hint: your route was never called
import { createServer } from "node:http";
import { join } from "node:path";
import express, {
  type NextFunction,
  type Request,
  type Response,
} from "express";
import {
  type Collection,
  type Db,
  MongoClient,
  MongoServerError,
  type WithId,
} from "mongodb";
import { type DefaultEventsMap, Server, type Socket } from "socket.io";
import type {
  Ack,
  ClientToServerEvents,
  Done,
  ErrorCode,
  Message,
  Page,
  ServerToClientEvents,
  SocketData,
} from "./protocol.ts";

/** A message in the database. The driver gives it an `_id`. */
interface StoredMessage {
  room: string;
  /** Its place in the room: 1, 2, 3 … */
  seq: number;
  user: string;
  text: string;
  createdAt: Date;
}

/** A room in the database: how many places it has given away. */
interface StoredRoom {
  _id: string;
  seq: number;
}

// In milliseconds. The driver's own limits are half a minute and more, and whoever sent
// a message would wait as long.
const patience = 2000;

/** Where messages are kept. */
class Database {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #messages: Collection<StoredMessage>;
  readonly #rooms: Collection<StoredRoom>;

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
    const database = new Database(client, name);
    await database.#createIndexes();
    return database;
  }

  private constructor(client: MongoClient, name: string) {
    this.#client = client;
    this.#db = client.db(name);
    this.#messages = this.#db.collection("messages");
    this.#rooms = this.#db.collection("rooms");
  }

  /** An index that is there already is left alone, so every start may ask for it. */
  async #createIndexes(): Promise<void> {
    // For two things: a page is found without reading all messages, and no place in a
    // room is ever taken twice, whatever goes wrong here.
    await this.#messages.createIndex({ room: 1, seq: 1 }, { unique: true });
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
   * Stores a message, behind all others of its room.
   *
   * @returns what to tell of it
   */
  async add(room: string, user: string, text: string): Promise<Message> {
    const seq = await this.#nextSeq(room);
    // A real date, which the database can compare. As text it goes over the wire only.
    const createdAt = new Date();
    const message = { room, seq, user, text, createdAt };
    const { insertedId } = await this.#messages.insertOne(message);
    return toMessage({ ...message, _id: insertedId });
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

  /** Ends all connections. */
  async close(): Promise<void> {
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
  const { _id, room, seq, user, text, createdAt } = stored;
  const at = createdAt.toISOString();
  return { id: _id.toHexString(), room, seq, user, text, at };
}

/** Whether a unique index refused it: what it holds is there already. */
function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

// The third place is for events between several servers: there are none yet.
type ChatSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>;

// Whoever starts the server chooses these. The defaults are for trying it by hand.
const port = Number(process.env.PORT ?? 3000);
// 127.0.0.1 is this machine only, so nobody else on the network can reach it yet.
const host = process.env.HOST ?? "127.0.0.1";
// The path starts at this file, not at the folder in which the command was typed.
const publicDir =
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../lessons/public");

// The origin of the web page that may talk to this server. If it is not set, none may.
const allowedOrigin = process.env.CORS_ORIGIN;
// Whose token is which. A Map, because it holds these and nothing else: an object also
// has a "constructor", and nobody put it there.
const users = new Map<string, string>(
  Object.entries(JSON.parse(process.env.TOKENS || "{}")),
);

// A database of this lesson's own, so that what other lessons stored is not in the way.
const database = await Database.open(
  process.env.MONGODB_URI ?? "mongodb://127.0.0.1:27017",
  process.env.MONGODB_DB ?? "lesson-10",
).catch(giveUp);

// Without a limit, one client could fill the memory with rooms.
const maxRooms = 10;
// How many messages a page of the past has, and how many it may have.
const pageLength = 50;
const longestPage = 100;
// In milliseconds: how long a socket that typed is not heard typing again.
const typingPause = 1000;
// In milliseconds: how long it may take to end in order.
const farewell = 2500;

// What an error of a call is over HTTP.
const statuses: Record<ErrorCode, number> = {
  BAD_REQUEST: 400,
  NOT_IN_ROOM: 403,
  DB_UNAVAILABLE: 503,
  INTERNAL: 500,
};

const app = express();

// Whoever watches over this server asks here. Without its database it is of no use.
app.get("/health", async (_request, response) => {
  if (await database.isUp()) {
    response.json({ ok: true, db: "up" });
  } else {
    response.status(503).json({ ok: false, db: "down" });
  }
});

app.get("/stats", (_request, response) => {
  response.json({
    online: io.sockets.sockets.size,
    rooms: namesAmong(io.sockets.adapter.rooms.keys()).length,
  });
});

// The same past for programs that only ask. No token is asked for: whoever knows the
// name of a room can read it. The lesson says how to close that.
app.get("/rooms/:room/messages", async (request, response) => {
  const room = roomOf(request.params);
  const limit = limitOf(numbersIn(request.query));
  const before = beforeOf(numbersIn(request.query));
  const page = await fromDatabase(database.page(room, limit, before));
  response.json({ ok: true, ...page });
});

// Serves index.html at "/". What is not in the folder stays a 404.
app.use(express.static(publicDir));

// What a route throws comes here. Without this, Express would send the stack.
app.use(answerError);

// One HTTP server for both. Socket.IO takes the requests to /socket.io/,
// and Express gets all the others.
const httpServer = createServer(app);
const io = new Server<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>(httpServer, {
  // In bytes. Whoever sends more at once is disconnected, and no handler sees it.
  maxHttpBufferSize: 100_000,
  // Tells browsers which page may read what this server answers. It refuses nobody.
  cors: { origin: allowedOrigin },
  // This does refuse, on every transport. A browser says which page is asking, and the
  // page cannot change that. Programs say nothing of the kind: they bring a token.
  allowRequest: (request, decide) => {
    const { origin } = request.headers;
    decide(null, origin === undefined || origin === allowedOrigin);
  },
});

// Asked before "connection": who is refused here was never in.
io.use(identify);

// Each namespace has a door of its own. The one above does not guard this one.
const admin = io.of("/admin");
admin.use(identify);
admin.use((socket, next) => {
  next(socket.data.user === "admin" ? undefined : unauthorized());
});

admin.on("connection", (socket) => {
  socket.on(
    "stats:get",
    answered(() => ({ online: io.sockets.sockets.size })),
  );
});

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });

  // Known from the token. If the payload said it, anybody could be anybody.
  const { user } = socket.data;

  socket.on(
    "room:join",
    answered((payload) => {
      const room = roomOf(payload);
      if (!isMember(socket, room)) {
        if (namesAmong(socket.rooms).length >= maxRooms) {
          throw new Refusal("BAD_REQUEST", `${maxRooms} rooms are the limit`);
        }
        socket.join(channel(room));
        socket.to(channel(room)).emit("room:joined", { room, user });
      }
      return { room, members: membersOf(room) };
    }),
  );

  socket.on(
    "room:leave",
    answered((payload) => {
      const room = roomOf(payload);
      assertMember(socket, room);
      socket.leave(channel(room));
      socket.to(channel(room)).emit("room:left", { room, user });
      return { room };
    }),
  );

  socket.on(
    "message:send",
    answered(async (payload) => {
      // All of the payload first, and membership after: what is malformed is
      // malformed for everyone.
      const room = roomOf(payload);
      const text = textOf(payload);
      assertMember(socket, room);

      // First stored, then told. If this fails, nobody has heard what is not there.
      const message = await fromDatabase(database.add(room, user, text));
      // `io`, not `socket`: the sender hears it too.
      io.to(channel(room)).emit("message:new", message);
      return { id: message.id, seq: message.seq };
    }),
  );

  socket.on(
    "history:get",
    answered((payload) => {
      const room = roomOf(payload);
      const limit = limitOf(payload);
      const before = beforeOf(payload);
      assertMember(socket, room);
      return fromDatabase(database.page(room, limit, before));
    }),
  );

  socket.on(
    "dm:send",
    answered((payload) => {
      const text = textOf(payload);
      receiverOf(payload).emit("dm:new", { from: socket.id, text });
      return {};
    }),
  );

  let typedAt = -Infinity;
  socket.on(
    "typing:start",
    answered((payload) => {
      const room = roomOf(payload);
      assertMember(socket, room);

      // A clock that only goes forward: the time of day can be set back.
      const now = performance.now();
      if (now - typedAt >= typingPause) {
        typedAt = now;
        // Volatile: who cannot take it now never gets it. Old news that somebody
        // was typing is worth nothing.
        socket.to(channel(room)).volatile.emit("typing", { room, user });
      }
      return {};
    }),
  );

  // In "disconnect" the socket has left its rooms already, and they are forgotten.
  socket.on("disconnecting", () => {
    for (const room of namesAmong(socket.rooms)) {
      socket.to(channel(room)).emit("room:left", { room, user });
    }
  });
});

/** Lets in whoever brings a token that we know, and remembers whose it is. */
function identify(socket: ChatSocket, next: (error?: Error) => void): void {
  // Here too, anything can arrive.
  const token: unknown = socket.handshake.auth.token;
  const user = typeof token === "string" ? users.get(token) : undefined;
  if (user === undefined) {
    next(unauthorized());
    return;
  }
  socket.data.user = user;
  next();
}

/** The same words for every refusal: which part was wrong is nobody's business. */
function unauthorized(): Error {
  // `data` goes to the client, with the message. The stack does not.
  return Object.assign(new Error("unauthorized"), {
    data: { code: "UNAUTHORIZED" },
  });
}

/**
 * What Socket.IO calls the room that clients call `name`. Each socket is alone in a room
 * named by its id, and what is sent to one socket goes there. A client chooses the name
 * of a room. If that name were used as it is, a client could choose the id of another,
 * and would hear what is meant for that one alone.
 */
function channel(name: string): string {
  return `room:${name}`;
}

/** The rooms that clients made, by the names that clients know. */
function namesAmong(channels: Iterable<string>): string[] {
  const prefix = channel("");
  return [...channels]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

/** How many sockets are in the room. Socket.IO forgets a room when the last one leaves. */
function membersOf(room: string): number {
  return io.sockets.adapter.rooms.get(channel(room))?.size ?? 0;
}

function isMember(socket: ChatSocket, room: string): boolean {
  return socket.rooms.has(channel(room));
}

function assertMember(socket: ChatSocket, room: string): void {
  if (!isMember(socket, room)) {
    throw new Refusal("NOT_IN_ROOM", `you are not in the room ${room}`);
  }
}

/**
 * A handler that answers every call once, and lets no error out: an error that nobody
 * catches would end this server. `work` returns the fields of the answer, or throws.
 */
function answered<Fields extends object>(
  work: (payload: unknown) => Fields | Promise<Fields>,
): (payload: unknown, ack?: Ack<Done & Fields>) => Promise<void> {
  return async (...args: unknown[]) => {
    const answer = answerTo(args);
    try {
      // Without `await`, the error of a promise would come when this `try` is over.
      answer({ ok: true, ...(await work(args[0])) });
    } catch (error) {
      answer({ ok: false, error: whatToTell(error) });
    }
  };
}

/** Answers a request over HTTP whose route has thrown: as a call is answered, and with a status. */
function answerError(
  error: unknown,
  _request: Request,
  response: Response,
  // Not used, but Express knows a handler of errors by its four parameters.
  _next: NextFunction,
): void {
  const told = whatToTell(error);
  response.status(statuses[told.code]).json({ ok: false, error: told });
}

/** What the caller may know. What a bug says is for us alone: it may hold a path or a password. */
function whatToTell(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof Refusal) {
    return { code: error.code, message: error.message };
  }
  console.error(error);
  return { code: "INTERNAL", message: "Something went wrong on the server." };
}

/** What the database gives. Whatever keeps it from that is not the caller's fault, and may pass. */
async function fromDatabase<Answer>(awaited: Promise<Answer>): Promise<Answer> {
  try {
    return await awaited;
  } catch (error) {
    // Not all of it is a MongoError: when a line breaks, the system has errors of its own.
    console.error(error);
    throw new Refusal(
      "DB_UNAVAILABLE",
      "the database does not answer, try again later",
    );
  }
}

/** The call cannot be done, and whoever made it is told why. */
class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * How to answer a call. The acknowledgement is the last argument, if there is one. We
 * look before we call it: calling what is not a function would end this server, and
 * any client could do that.
 */
function answerTo(args: unknown[]): (reply: object) => void {
  const ack = args.at(-1);
  return typeof ack === "function" ? (reply) => ack(reply) : () => {};
}

/** The name of a room. `^` and `$`: the whole of it must fit, not a part. */
function roomOf(payload: unknown): string {
  const { room } = fieldsOf(payload);
  if (typeof room !== "string" || !/^[A-Za-z0-9_-]{1,32}$/.test(room)) {
    throw new Refusal(
      "BAD_REQUEST",
      "room must have 1 to 32 characters of A-Z, a-z, 0-9, _ and -",
    );
  }
  return room;
}

/** The text of a message: 1 to 500 characters, not counting the space around them. */
function textOf(payload: unknown): string {
  const { text } = fieldsOf(payload);
  if (typeof text !== "string") {
    throw new Refusal("BAD_REQUEST", "text must be a string");
  }
  const trimmed = text.trim();
  if (trimmed.length < 1 || trimmed.length > 500) {
    throw new Refusal("BAD_REQUEST", "text must have 1 to 500 characters");
  }
  return trimmed;
}

/** How many messages are wanted. To wish for more than a page may have is no mistake. */
function limitOf(payload: unknown): number {
  return Math.min(wholeNumberOf(payload, "limit") ?? pageLength, longestPage);
}

/** The place in the room before which the page ends, if one is given. */
function beforeOf(payload: unknown): number | undefined {
  return wholeNumberOf(payload, "before");
}

/**
 * A field that may be missing, and is a whole number from 1 on if it is there. All that goes
 * into a query is looked at: an object such as `{ $gt: 0 }` would be an order to the database.
 */
function wholeNumberOf(payload: unknown, field: string): number | undefined {
  const value = fieldsOf(payload)[field];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new Refusal(
      "BAD_REQUEST",
      `${field} must be a whole number from 1 on`,
    );
  }
  return value;
}

/** The fields of a query string, whose values are always texts, or lists of them if a key is repeated. */
function numbersIn(query: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [
      key,
      typeof value === "string" && value !== "" ? Number(value) : value,
    ]),
  );
}

/** The socket with the id `to`. Looked up among sockets: a room's name finds nobody. */
function receiverOf(payload: unknown): ChatSocket {
  const { to } = fieldsOf(payload);
  const receiver =
    typeof to === "string" ? io.sockets.sockets.get(to) : undefined;
  if (receiver === undefined) {
    throw new Refusal("BAD_REQUEST", "to must be the id of a connected socket");
  }
  return receiver;
}

/**
 * The fields of what a client sent. A type is our wish, not the client's promise:
 * anything can arrive, `null` too, and then there are no fields.
 */
function fieldsOf(payload: unknown): Record<string, unknown> {
  return typeof payload === "object" && payload !== null
    ? (payload as Record<string, unknown>)
    : {};
}

/** Ends a server that cannot begin, with one line that says why. */
function giveUp(error: Error): never {
  console.error(`No messages without a database: ${error.message}`);
  process.exit(1);
}

/** Ends in order: nobody new comes in, all connections are closed, and nothing is left to do. */
async function stop(): Promise<void> {
  // A database that says nothing more must not keep us. This timer keeps nobody either.
  setTimeout(() => process.exit(1), farewell).unref();
  // This closes the HTTP server too.
  await io.close();
  // Last, since until now there may have been something to store.
  await database.close();
}

// SIGTERM is the polite way to end a process, SIGINT is Ctrl-C.
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

// httpServer, not app: `app.listen` would make a second HTTP server,
// and Socket.IO would be on the one where nobody knocks.
httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
