// Listens at once and connects in the background; until then it is not healthy. A message is put in its
// place by an upsert with an id that was made here, and every wait has a limit of its own.
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import { MongoClient, ObjectId, type WithId } from "mongodb";
import { Server, type Socket } from "socket.io";

interface Stored {
  room: string;
  user: string;
  text: string;
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

const app = express().disable("x-powered-by");
const httpServer = createServer(app);
const io = new Server({
  maxHttpBufferSize: 100_000,
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
  socket.emit("welcome", { id: socket.id });

  listen(socket, {
    "room:join": (payload) => {
      const room = roomIn(payload);
      const isNew = !socket.rooms.has(own(room));
      if (isNew && [...socket.rooms].filter(isOurs).length >= 10)
        throw "BAD_REQUEST";
      if (isNew) socket.to(own(room)).emit("room:joined", { room, user });
      socket.join(own(room));
      return { room, members: io.sockets.adapter.rooms.get(own(room))?.size };
    },
    "room:leave": (payload) => {
      const room = roomIn(payload);
      assertIn(socket, room);
      socket.leave(own(room));
      io.to(own(room)).emit("room:left", { room, user });
      return { room };
    },
    "message:send": async (payload) => {
      const room = roomIn(payload);
      const text = typeof payload.text === "string" ? payload.text.trim() : "";
      if (text.length < 1 || text.length > 500) throw "BAD_REQUEST";
      assertIn(socket, room);
      const _id = new ObjectId();
      const stored = { room, user, text, createdAt: new Date() };
      await soon(messages.replaceOne({ _id }, stored, { upsert: true }));
      const told = view({ _id, ...stored });
      io.to(own(room)).emit("message:new", told);
      return { id: told.id };
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
