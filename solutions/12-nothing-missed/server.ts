import { createServer } from "node:http";
import { join } from "node:path";
import express, {
  type NextFunction,
  type Request,
  type Response,
} from "express";
import { type DefaultEventsMap, Server, type Socket } from "socket.io";
import { Database, type Draft } from "./database.ts";
import type {
  Ack,
  ClientToServerEvents,
  Done,
  ErrorCode,
  Missed,
  ServerToClientEvents,
  SocketData,
} from "./protocol.ts";

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
  process.env.MONGODB_DB ?? "lesson-12",
).catch(giveUp);

// Without a limit, one client could fill the memory with rooms.
const maxRooms = 10;
// How many messages a page of the past has, and how many it may have.
const pageLength = 50;
const longestPage = 100;
// How many messages somebody is told at most who was away.
const mostMissed = 500;
// In milliseconds: how long we remember somebody whose line broke.
const longestAbsence = 120_000;
// In milliseconds: how long a socket that typed is not heard typing again.
const typingPause = 1000;
// In milliseconds: how long it may take to end in order.
const farewell = 2500;

// For each room in which messages are being stored: when the last of them is done.
const lastTurns = new Map<string, Promise<void>>();

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
  // Whoever is back in time has the same id and the same rooms, and hears what was told
  // meanwhile. The token is asked for again: it may have been taken back.
  connectionStateRecovery: {
    maxDisconnectionDuration: longestAbsence,
    skipMiddlewares: false,
  },
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
  // A client knows its place from what it is sent. So this is also for those who lose
  // their line before anybody has said anything: without it there is nothing to recover.
  socket.emit("welcome", { id: socket.id, recovered: socket.recovered });

  // Known from the token. If the payload said it, anybody could be anybody.
  const { user } = socket.data;

  // The rooms that a recovery has given back. The others had heard that we left.
  const keptRooms = new Set(socket.recovered ? namesAmong(socket.rooms) : []);
  for (const room of keptRooms) {
    socket.to(channel(room)).emit("room:joined", { room, user });
  }

  socket.on(
    "room:join",
    answered(async (payload) => {
      const room = roomOf(payload);
      if (!isMember(socket, room)) {
        if (namesAmong(socket.rooms).length >= maxRooms) {
          throw new Refusal("BAD_REQUEST", `${maxRooms} rooms are the limit`);
        }
        socket.join(channel(room));
        socket.to(channel(room)).emit("room:joined", { room, user });
      }
      // First in, then the past: what comes while we read is heard. The other way round it
      // would be neither in what we read nor heard.
      const missed = keptRooms.has(room)
        ? { missed: [], truncated: false }
        : await fromDatabase(missedBy(socket, room));
      return { room, members: membersOf(room), ...missed };
    }),
  );

  socket.on(
    "room:leave",
    answered((payload) => {
      const room = roomOf(payload);
      assertMember(socket, room);
      socket.leave(channel(room));
      keptRooms.delete(room);
      socket.to(channel(room)).emit("room:left", { room, user });
      return { room };
    }),
  );

  socket.on(
    "message:send",
    answered((payload) => {
      // All of the payload first, and membership after: what is malformed is
      // malformed for everyone.
      const room = roomOf(payload);
      const text = textOf(payload);
      const clientId = clientIdOf(payload);
      assertMember(socket, room);

      const draft = { room, user, text, ...(clientId && { clientId }) };
      // In turn, since storing takes its time, and not always the same.
      return inTurn(room, () => storeAndTell(draft));
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

/** First stored, then told. If storing fails, nobody has heard what is not there. */
async function storeAndTell(draft: Draft) {
  const { message, duplicate } = await fromDatabase(database.add(draft));
  const { id, seq } = message;
  // Told once. For the sender it is a success all the same: the message is there.
  if (duplicate) return { id, seq, duplicate };
  // `io`, not `socket`: the sender hears it too.
  io.to(channel(draft.room)).emit("message:new", message);
  return { id, seq };
}

/** Tells of messages that were stored by somebody else, for as long as the database does. */
async function tellOfOthers(): Promise<void> {
  for await (const message of database.fromOthers()) {
    io.to(channel(message.room)).emit("message:new", message);
  }
}

/** What a socket has missed in a room. Whoever is new there gets what was said last. */
async function missedBy(socket: ChatSocket, room: string): Promise<Missed> {
  const offset = offsetOf(socket, room);
  if (offset === undefined) {
    const { messages } = await database.page(room, pageLength);
    return { missed: messages, truncated: false };
  }
  return database.after(room, offset, mostMissed);
}

/**
 * Begins the work when all the work that was handed in for this room before is done, well
 * or not. So messages are stored and told in the order in which they came.
 */
function inTurn<Result>(
  room: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const turn = (lastTurns.get(room) ?? Promise.resolve()).then(work);
  // Whoever is next waits for the end of this, and not for its success.
  const over = turn.then(
    () => {},
    () => {},
  );
  lastTurns.set(room, over);
  // Nobody came behind us: then there is nothing to wait for, and nothing to remember.
  void over.then(() => {
    if (lastTurns.get(room) === over) lastTurns.delete(room);
  });
  return turn;
}

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
  // An address such as /rooms/%zz/messages, which Express cannot read.
  if (error instanceof URIError) {
    return { code: "BAD_REQUEST", message: "the address cannot be read" };
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

/** What the client calls its message, if it does. Anything but a missing field must be a name. */
function clientIdOf(payload: unknown): string | undefined {
  const { clientId } = fieldsOf(payload);
  if (clientId === undefined) return undefined;
  if (typeof clientId !== "string" || !/^[A-Za-z0-9_-]{8,64}$/.test(clientId)) {
    throw new Refusal(
      "BAD_REQUEST",
      "clientId must have 8 to 64 characters of A-Z, a-z, 0-9, _ and -",
    );
  }
  return clientId;
}

/**
 * The place of the last message that the client has from this room, as it said when it
 * connected. 0 is before the first one. Without a place that makes sense it is a newcomer.
 */
function offsetOf(socket: ChatSocket, room: string): number | undefined {
  const offset = fieldsOf(socket.handshake.auth.offsets)[room];
  return typeof offset === "number" && Number.isInteger(offset) && offset >= 0
    ? offset
    : undefined;
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

/**
 * The fields of a query string as numbers. They are texts, or lists of texts if a key is repeated:
 * a list becomes NaN, as a text does that is no number.
 */
function numbersIn(query: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [key, Number(value)]),
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

tellOfOthers().catch(console.error);

// httpServer, not app: `app.listen` would make a second HTTP server,
// and Socket.IO would be on the one where nobody knocks.
httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
