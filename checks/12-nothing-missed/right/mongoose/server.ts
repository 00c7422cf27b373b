// With mongoose: schemas, models and their statics, as people who use it write them.
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { Server, type Socket } from "socket.io";
import {
  Message,
  Room,
  type Stored,
  connect,
  disconnect,
  isConnected,
} from "./models.ts";

type Fields = Record<string, unknown>;
type Code = "BAD_REQUEST" | "NOT_IN_ROOM" | "DB_UNAVAILABLE";
class Problem extends Error {
  readonly code: Code;
  constructor(code: Code, message: string = code) {
    super(message);
    this.code = code;
  }
}

const { PORT, HOST = "127.0.0.1", TOKENS, CORS_ORIGIN } = process.env;
const tokens = new Map<unknown, string>(
  Object.entries(JSON.parse(TOKENS ?? "{}") as object),
);

const app = express();
const server = createServer(app);
const io = new Server(server, {
  maxHttpBufferSize: 1e5,
  connectionStateRecovery: {
    maxDisconnectionDuration: 2 * 60 * 1000,
    skipMiddlewares: false,
  },
  cors: { origin: CORS_ORIGIN },
  allowRequest: ({ headers }, decide) =>
    decide(null, !headers.origin || headers.origin === CORS_ORIGIN),
});

app.get("/health", async (_, response) => {
  const up = await isConnected();
  response.status(up ? 200 : 503).json({ ok: up, db: up ? "up" : "down" });
});
app.get("/stats", (_, response) => {
  const rooms = [...io.sockets.adapter.rooms.keys()].filter(isRoom);
  response.json({ online: io.engine.clientsCount, rooms: rooms.length });
});
app.get("/rooms/:room/messages", async ({ params, query }, response) => {
  try {
    const { before, limit } = query;
    const page = await pageOf(nameOf(params), {
      before: before === undefined ? undefined : Number(before),
      limit: limit === undefined ? undefined : Number(limit),
      ...([before, limit].some(Array.isArray) ? { limit: NaN } : {}),
    });
    response.json({ ok: true, ...page });
  } catch (error) {
    const told = tell(error);
    const status = told.code === "BAD_REQUEST" ? 400 : 503;
    response.status(status).json({ ok: false, error: told });
  }
});
app.use(
  express.static(process.env.PUBLIC_DIR ?? join(import.meta.dirname, "public")),
);

const guard = (socket: Socket, next: (error?: Error) => void) => {
  const user = tokens.get(socket.handshake.auth.token);
  socket.data.user = user;
  const data = { code: "UNAUTHORIZED" };
  next(user ? undefined : Object.assign(new Error("unauthorized"), { data }));
};
io.use(guard);
io.of("/admin")
  .use(guard)
  .use(({ data }, next) =>
    next(data.user === "admin" ? undefined : new Error("unauthorized")),
  );

const PREFIX = "chat/";
const isRoom = (name: string) => name.startsWith(PREFIX);

io.on("connection", (socket) => {
  const user: string = socket.data.user;
  const on = (event: string, handle: (payload: Fields) => unknown) =>
    socket.on(event, async (...args: unknown[]) => {
      const ack = args.at(-1);
      const answer = typeof ack === "function" ? ack : () => {};
      try {
        const fields = (await handle(Object(args[0]) as Fields)) as object;
        answer({ ok: true, ...fields });
      } catch (error) {
        answer({ ok: false, error: tell(error) });
      }
    });
  const mustBeIn = (room: string) => {
    if (!socket.rooms.has(PREFIX + room)) throw new Problem("NOT_IN_ROOM");
  };
  socket.emit("welcome", { id: socket.id, recovered: socket.recovered });
  const restored = new Set(socket.recovered ? socket.rooms : []);
  for (const name of [...restored].filter(isRoom))
    socket
      .to(name)
      .emit("room:joined", { room: name.slice(PREFIX.length), user });

  // One message after another, over all rooms of this socket.
  let last: Promise<unknown> = Promise.resolve();

  on("room:join", async (payload) => {
    const room = nameOf(payload);
    if (!socket.rooms.has(PREFIX + room)) {
      if ([...socket.rooms].filter(isRoom).length > 9)
        throw new Problem("BAD_REQUEST");
      socket.join(PREFIX + room);
      socket.to(PREFIX + room).emit("room:joined", { room, user });
    }
    const offset = socket.handshake.auth.offsets?.[room];
    const missed = restored.has(PREFIX + room)
      ? { missed: [], truncated: false }
      : await missedSince(room, offset);
    const members = io.sockets.adapter.rooms.get(PREFIX + room)?.size;
    return { room, members, ...missed };
  });

  on("room:leave", (payload) => {
    const room = nameOf(payload);
    mustBeIn(room);
    socket.leave(PREFIX + room);
    restored.delete(PREFIX + room);
    socket.to(PREFIX + room).emit("room:left", { room, user });
    return { room };
  });

  on("message:send", (payload) => {
    const room = nameOf(payload);
    const { text } = payload;
    if (typeof text !== "string" || !text.trim() || text.trim().length > 500)
      throw new Problem("BAD_REQUEST");
    const { clientId } = payload;
    if (clientId !== undefined && !/^[\w-]{8,64}$/.test(textOr(clientId)))
      throw new Problem("BAD_REQUEST");
    mustBeIn(room);
    const turn = last.then(() =>
      save({ room, user, text, clientId: clientId as string | undefined }),
    );
    last = turn.catch(() => {});
    return turn;
  });

  on("history:get", (payload) => {
    const room = nameOf(payload);
    const { before, limit } = payload;
    checkNumbers({ before, limit });
    mustBeIn(room);
    return pageOf(room, { before, limit });
  });

  let heard = -1_000;
  on("typing:start", (payload) => {
    const room = nameOf(payload);
    mustBeIn(room);
    if (performance.now() - heard >= 1_000) {
      heard = performance.now();
      socket.volatile.to(PREFIX + room).emit("typing", { room, user });
    }
  });

  socket.on("disconnecting", () => {
    for (const name of [...socket.rooms].filter(isRoom))
      socket.to(name).emit("room:left", { room: name.slice(5), user });
  });
});

async function save(draft: {
  room: string;
  user: string;
  text: string;
  clientId: string | undefined;
}) {
  const { room, user, clientId } = draft;
  try {
    const seq = await Room.nextSeq(room);
    const message = await Message.create({ ...draft, seq });
    io.to(PREFIX + room).emit("message:new", onTheWire(message.toObject()));
    return { id: message.id, seq };
  } catch (error) {
    if ((error as { code?: number }).code !== 11000) throw error;
    const first = await Message.findOne({ room, user, clientId });
    if (first === null) throw error;
    return { id: first.id, seq: first.seq, duplicate: true };
  }
}

function onTheWire({ _id, createdAt, ...message }: Stored) {
  return { ...message, id: _id.toString(), at: createdAt.toISOString() };
}

function checkNumbers(numbers: Fields): void {
  for (const number of Object.values(numbers))
    if (
      number !== undefined &&
      !(Number.isInteger(number) && Number(number) > 0)
    )
      throw new Problem("BAD_REQUEST");
}

async function pageOf(room: string, { before, limit = 50 }: Fields) {
  checkNumbers({ before, limit });
  const most = Math.min(limit as number, 100);
  const query = Message.find({ room })
    .sort("-seq")
    .limit(most + 1);
  if (before !== undefined) query.where("seq").lt(before as number);
  const found = await query.lean();
  const hasMore = found.length > most;
  return { messages: found.slice(0, most).reverse().map(onTheWire), hasMore };
}

async function missedSince(room: string, offset: unknown) {
  if (!Number.isInteger(offset) || (offset as number) < 0) {
    const { messages } = await pageOf(room, {});
    return { missed: messages, truncated: false };
  }
  const found = await Message.find({ room })
    .where("seq")
    .gt(offset as number)
    .sort("seq")
    .limit(501)
    .lean();
  return {
    missed: found.slice(0, 500).map(onTheWire),
    truncated: found.length > 500,
  };
}

function nameOf({ room }: Fields): string {
  if (!/^[\w-]{1,32}$/.test(textOr(room))) throw new Problem("BAD_REQUEST");
  return room as string;
}

function textOr(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What is no problem of the caller's is one of the database's. */
function tell(error: unknown): { code: Code; message: string } {
  if (error instanceof Problem)
    return { code: error.code, message: error.message };
  console.error(error);
  return { code: "DB_UNAVAILABLE", message: "No database." };
}

process.on("SIGTERM", async () => {
  await io.close();
  await disconnect();
  process.exit();
});

try {
  await connect();
} catch (error) {
  console.error(`mongoose cannot connect: ${(error as Error).message}`);
  process.exit(2);
}

// What other programs store. Our own messages are known by the mark in their ids.
const mark = new Message().id.slice(8, 18);
watch({});
function watch(from: { resumeAfter?: object }) {
  const stream = Message.watch([{ $match: { operationType: "insert" } }], from);
  stream
    .on("change", ({ fullDocument }: { fullDocument: Stored }) => {
      const message = onTheWire(fullDocument);
      if (message.id.slice(8, 18) !== mark)
        io.to(PREFIX + message.room).emit("message:new", message);
    })
    .once("error", (error: Error) => {
      console.error(error.message);
      const resumeAfter = stream.resumeToken as object | undefined;
      setTimeout(watch, 400, resumeAfter ? { resumeAfter } : {}).unref();
    });
}
server.listen(Number(PORT ?? 3000), HOST);
