// Nothing is told where it is stored. The database tells of every insert, of this process and of others
// alike, in its own order; whoever joins hears only what is behind the past that was read.
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import express, { type Response } from "express";
import {
  MongoClient,
  ObjectId,
  type ChangeStreamInsertDocument,
  type WithId,
} from "mongodb";
import { Server, type Socket } from "socket.io";

interface Stored {
  room: string;
  seq: number;
  user: string;
  text: string;
  clientId?: string;
  createdAt: Date;
}
type Payload = Readonly<Record<string, unknown>>;

const env = process.env;
const users: Record<string, string> = Object.assign(
  Object.create(null),
  JSON.parse(env.TOKENS || "{}"),
);

const client = openClient();
const db = client.db(env.MONGODB_DB || "chat");
const messages = db.collection<Stored>("messages");
const counters = db.collection<{ _id: string; seq: number }>("rooms");

function openClient(): MongoClient {
  const uri = env.MONGODB_URI || "mongodb://127.0.0.1:27017/";
  try {
    return new MongoClient(uri, {
      serverSelectionTimeoutMS: 1_900,
      heartbeatFrequencyMS: 600,
    });
  } catch (error) {
    console.error(String(error));
    process.exit(1);
  }
}

/** @throws when it takes longer than two seconds */
async function soon<T>(work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = wait(2_000, undefined, { signal: timer.signal, ref: false });
  const tooLate = late.then(
    () => Promise.reject<never>(new Error("too late")),
    () => new Promise<never>(() => {}),
  );
  return Promise.race([work, tooLate]).finally(() => timer.abort());
}

const byPlace = messages.createIndex({ seq: 1, room: 1 });
const onePlaceEach = messages.createIndex(
  { room: 1, seq: 1 },
  { unique: true, name: "one_place_each" },
);
await Promise.all([
  byPlace,
  onePlaceEach,
  messages.createIndex(
    { room: 1, user: 1, clientId: 1 },
    {
      unique: true,
      partialFilterExpression: { clientId: { $exists: true, $type: "string" } },
    },
  ),
]).catch((error: Error) => {
  console.error(`There is no database: ${error.message}`);
  process.exit(1);
});

const app = express().disable("x-powered-by");
const httpServer = createServer(app);
const io = new Server({
  maxHttpBufferSize: 100_000,
  connectionStateRecovery: {
    skipMiddlewares: false,
    maxDisconnectionDuration: 120_000,
  },
  ...(env.CORS_ORIGIN ? { cors: { origin: [env.CORS_ORIGIN] } } : {}),
  allowRequest: ({ headers: { origin } }, decide) =>
    decide(null, origin === undefined || origin === env.CORS_ORIGIN),
}).attach(httpServer);

app.get("/health", async (_, response) => {
  const db_ = await soon(db.command({ ping: 1 })).catch(() => null);
  if (db_ === null) response.status(503).json({ ok: false, db: "down" });
  else response.json({ ok: true, db: "up" });
});
app.get("/stats", async (_, response) => {
  const sockets = await io.fetchSockets();
  const rooms = new Set(
    sockets.flatMap((one) => [...one.rooms].filter(isOurs)),
  );
  response.json({ online: sockets.length, rooms: rooms.size });
});
app.get("/rooms/:room/messages", ({ params, query }, response) => {
  const { before, limit } = query;
  const number = (text: unknown) =>
    text === undefined ? text : typeof text === "string" ? Number(text) : NaN;
  const payload = { ...params, before: number(before), limit: number(limit) };
  return giveHttp(response, () => page(payload));
});

async function giveHttp(response: Response, work: () => Promise<object>) {
  const answer = await answerOf(work);
  const code = "error" in answer ? answer.error?.code : undefined;
  response
    .status(code ? (code === "BAD_REQUEST" ? 400 : 503) : 200)
    .json(answer);
}
app.use(express.static(env.PUBLIC_DIR || "../public"));

io.use(({ handshake, data }, next) => {
  const { token } = handshake.auth;
  data.user = typeof token === "string" ? users[token] : undefined;
  if (data.user) return next();
  const refusal: Error & { data?: object } = new Error("unauthorized");
  refusal.data = { code: "UNAUTHORIZED" };
  return next(refusal);
});

const own = (room: string) => `${room}@rooms`;
const isOurs = (name: string) => name.endsWith("@rooms");
const without = (name: string) => name.slice(0, -"@rooms".length);

io.on("connection", (socket) => {
  const { user } = socket.data as { user: string };
  const back = socket.recovered ? [...socket.rooms] : [];
  socket.emit("welcome", { id: socket.id, recovered: socket.recovered });
  for (const name of back.filter(isOurs))
    socket.to(name).emit("room:joined", { room: without(name), user });

  listen(socket, {
    "room:join": async (payload) => {
      const room = roomIn(payload);
      const isNew = !socket.rooms.has(own(room));
      if (isNew && [...socket.rooms].filter(isOurs).length >= 10)
        throw "BAD_REQUEST";
      if (isNew) socket.to(own(room)).emit("room:joined", { room, user });
      socket.join(own(room));
      const past = back.includes(own(room))
        ? { missed: [], truncated: false }
        : await soon(missedBy(socket, room));
      return {
        room,
        members: io.sockets.adapter.rooms.get(own(room))?.size,
        ...past,
      };
    },
    "room:leave": (payload) => {
      const room = roomIn(payload);
      assertIn(socket, room);
      socket.leave(own(room));
      back.splice(0, back.length, ...back.filter((name) => name !== own(room)));
      io.to(own(room)).emit("room:left", { room, user });
      return { room };
    },
    "message:send": async (payload) => {
      const room = roomIn(payload);
      const text = typeof payload.text === "string" ? payload.text.trim() : "";
      if (text.length < 1 || text.length > 500) throw "BAD_REQUEST";
      const { clientId } = payload;
      const isId =
        typeof clientId === "string" && /^[A-Za-z0-9_-]{8,64}$/.test(clientId);
      if ("clientId" in payload && !isId) throw "BAD_REQUEST";
      assertIn(socket, room);
      const draft = { room, user, text, ...(isId ? { clientId } : {}) };
      const turn = (socket.data.turn ?? Promise.resolve()).then(() =>
        store(draft),
      );
      socket.data.turn = turn.catch(() => {});
      return turn;
    },
    "history:get": (payload) => {
      const room = roomIn(payload);
      limitsIn(payload);
      assertIn(socket, room);
      return page(payload);
    },
    "typing:start": (payload) => {
      const room = roomIn(payload);
      assertIn(socket, room);
      const now = performance.now();
      if (now < (socket.data.quietUntil ?? 0)) return {};
      socket.data.quietUntil = now + 1_000;
      socket.volatile.to(own(room)).emit("typing", { room, user });
      return {};
    },
  });

  socket.on("disconnecting", () => {
    for (const name of [...socket.rooms].filter(isOurs))
      socket.to(name).emit("room:left", { room: without(name), user });
  });
});

async function store(draft: Omit<Stored, "seq" | "createdAt">) {
  const { room, user, clientId } = draft;
  const _id = new ObjectId();
  const counter = await soon(
    counters.findOneAndUpdate(
      { _id: room },
      { $inc: { seq: 1 } },
      { upsert: true, returnDocument: "after" },
    ),
  );
  const stored = {
    _id,
    ...draft,
    seq: counter?.seq ?? 1,
    createdAt: new Date(),
  };
  if (clientId === undefined) {
    await soon(messages.insertOne(stored));
    return { id: `${_id}`, seq: stored.seq };
  }
  // Stored only if it is not there; either way it is there afterwards.
  const there = await soon(
    messages
      .findOneAndUpdate(
        { room, user, clientId },
        { $setOnInsert: stored },
        { upsert: true, returnDocument: "after" },
      )
      .catch(() => messages.findOne({ room, user, clientId })),
  );
  if (there === null) throw new Error("it was not stored");
  const answer = { id: `${there._id}`, seq: there.seq };
  return there._id.equals(_id) ? answer : { ...answer, duplicate: true };
}

async function tellOfAll(): Promise<never> {
  let place: object | undefined;
  for (;;) {
    try {
      const stream = messages.watch<
        WithId<Stored>,
        ChangeStreamInsertDocument<WithId<Stored>>
      >([{ $match: { operationType: "insert" } }], place);
      for await (const { _id, fullDocument } of stream) {
        place = { startAfter: _id };
        io.to(own(fullDocument.room)).emit("message:new", view(fullDocument));
      }
    } catch (error) {
      console.error(error);
    }
    await wait(500, undefined, { ref: false });
  }
}

async function missedBy(socket: Socket, room: string) {
  const offset: unknown = Object(socket.handshake.auth.offsets)[room];
  const isOffset =
    typeof offset === "number" && Number.isInteger(offset) && offset >= 0;
  if (!isOffset) {
    const newest = await page({ room });
    return { missed: newest.messages, truncated: false };
  }
  const missed = await messages
    .aggregate<WithId<Stored>>([
      { $match: { room, seq: { $gt: offset } } },
      { $sort: { seq: 1 } },
      { $limit: 501 },
    ])
    .toArray();
  return {
    missed: missed.slice(0, 500).map(view),
    truncated: missed.length > 500,
  };
}

async function page(payload: Payload) {
  const room = roomIn(payload);
  const { before, limit } = limitsIn(payload);
  const found = await soon(
    messages
      .aggregate<WithId<Stored>>([
        { $match: { room: { $eq: room }, seq: { $lt: before } } },
        { $sort: { seq: -1 } },
        { $limit: limit + 1 },
        { $sort: { seq: 1 } },
      ])
      .toArray(),
  );
  const hasMore = found.length > limit;
  return { messages: found.slice(hasMore ? 1 : 0).map(view), hasMore };
}

/** What makes no sense is brought to the nearest that does, unless it is no number. */
function limitsIn({ before = Infinity, limit = 50 }: Payload) {
  if (typeof before !== "number" || typeof limit !== "number")
    throw "BAD_REQUEST";
  if (Number.isNaN(before) || Number.isNaN(limit)) throw "BAD_REQUEST";
  return { before, limit: Math.max(1, Math.min(100, Math.floor(limit))) };
}

function view({ _id, createdAt, ...rest }: WithId<Stored>) {
  return { id: _id.toString(), ...rest, at: createdAt.toISOString() };
}

function roomIn({ room }: Payload): string {
  if (typeof room !== "string" || !/^[A-Za-z0-9_-]{1,32}$/.test(room))
    throw "BAD_REQUEST";
  return room;
}

function assertIn(socket: Socket, room: string): void {
  if (!socket.rooms.has(own(room))) throw "NOT_IN_ROOM";
}

function listen(
  socket: Socket,
  calls: Record<string, (payload: Payload) => object | Promise<object>>,
): void {
  for (const [event, call] of Object.entries(calls))
    socket.on(event, async (...args: unknown[]) => {
      const [payload] = args;
      const isObject = typeof payload === "object" && payload !== null;
      const answer = await answerOf(() =>
        call(isObject ? (payload as Payload) : {}),
      );
      const last = args.pop();
      if (typeof last === "function") last(answer);
    });
}

async function answerOf(work: () => object | Promise<object>) {
  try {
    return { ok: true, ...(await work()) };
  } catch (error) {
    const isCode = typeof error === "string";
    if (!isCode) console.error(error);
    const code = isCode ? error : "DB_UNAVAILABLE";
    return { ok: false, error: { code, message: `It is not done: ${code}` } };
  }
}

process.once("SIGTERM", () => {
  void io.close().then(async () => {
    await client.close();
    process.exitCode = 0;
  });
});

httpServer.listen({
  port: Number(env.PORT || 3000),
  host: env.HOST || "127.0.0.1",
});
void tellOfAll();
