// In several files, and every answer takes a while: a queue for each socket keeps the order. The types
// come from another file and are only passed on by protocol.ts; the time of the last typing is in the
// data of the socket.
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import { type DefaultEventsMap, Server } from "socket.io";
import { type Member, gate } from "./gate.ts";
import {
  type ClientToServerEvents,
  MAX_TEXT,
  type ServerToClientEvents,
  type SocketData,
} from "./protocol.ts";

type Fields = Record<string, unknown>;
type Code = "BAD_REQUEST" | "NOT_IN_ROOM";

const {
  PORT = 3000,
  HOST = "127.0.0.1",
  PUBLIC_DIR = ".",
  CORS_ORIGIN,
} = process.env;

const app = express();
const httpServer = createServer(app);
const io = new Server<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>(httpServer, {
  maxHttpBufferSize: 100_000,
  cors: { origin: CORS_ORIGIN ?? false },
  allowRequest: async ({ headers: { origin } }, decide) => {
    await wait(5);
    decide(null, !origin || origin === CORS_ORIGIN);
  },
});

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.get("/stats", (_request, response) => {
  const rooms = [...io.of("/").adapter.rooms.keys()].filter(isOurs);
  response.json({ online: io.of("/").sockets.size, rooms: rooms.length });
});
app.use(express.static(PUBLIC_DIR));

io.use(gate());
io.of("/admin").use(gate("admin"));
io.of("/admin").on("connection", (socket) => {
  socket.on("stats:get", async (...args: unknown[]) => {
    await wait(20);
    const online = io.of("/").sockets.size;
    reply(args, { ok: true, online });
  });
});

const PREFIX = "r:";
const isOurs = (name: string) => name.startsWith(PREFIX);

/** What each call does; what it gives back is the answer. */
const calls = {
  "room:join"(socket, payload) {
    const room = roomIn(payload);
    if (room === null) return "BAD_REQUEST";
    const { user } = socket.data;
    if (!socket.rooms.has(PREFIX + room)) {
      if ([...socket.rooms].filter(isOurs).length > 9) return "BAD_REQUEST";
      socket.to(PREFIX + room).emit("room:joined", { room, user });
      socket.join(PREFIX + room);
    }
    const { rooms } = io.of("/").adapter;
    return { room, members: rooms.get(PREFIX + room)?.size };
  },

  "room:leave"(socket, payload) {
    const room = roomIn(payload);
    if (room === null) return "BAD_REQUEST";
    if (!socket.rooms.has(PREFIX + room)) return "NOT_IN_ROOM";
    const { user } = socket.data;
    socket.leave(PREFIX + room);
    io.to(PREFIX + room).emit("room:left", { room, user });
    return { room };
  },

  "message:send"(socket, payload) {
    const room = roomIn(payload);
    const text = textIn(payload);
    if (room === null || text === null) return "BAD_REQUEST";
    if (!socket.rooms.has(PREFIX + room)) return "NOT_IN_ROOM";
    const { user } = socket.data;
    const at = new Date().toISOString();
    const id = `${at}-${socket.id}-${Math.random()}`;
    io.to(PREFIX + room).emit("message:new", { id, room, user, text, at });
    return { id };
  },

  "dm:send"(socket, payload) {
    const text = textIn(payload);
    const { to } = payload;
    if (typeof to !== "string" || text === null) return "BAD_REQUEST";
    const letter = { from: socket.id, text };
    return io.of("/").sockets.get(to)?.emit("dm:new", letter)
      ? {}
      : "BAD_REQUEST";
  },

  "typing:start"({ data, rooms }, payload) {
    const room = roomIn(payload);
    if (room === null) return "BAD_REQUEST";
    if (!rooms.has(PREFIX + room)) return "NOT_IN_ROOM";
    const now = performance.now();
    const isTooEarly = now < data.lastTyping + 1_000;
    if (isTooEarly) return { tooEarly: true };
    data.lastTyping = now;
    return { room, news: { room, user: data.user } };
  },
} satisfies Record<string, (socket: Member, payload: Fields) => object | Code>;

io.on("connection", (socket) => {
  let turn = Promise.resolve();
  for (const [event, call] of Object.entries(calls) as [
    keyof typeof calls,
    (socket: Member, payload: Fields) => object | Code,
  ][])
    socket.on(event, (...args: unknown[]) => {
      turn = turn
        .then(() => wait(25))
        .then(() => {
          const answer = call(socket, Object(args[0]) as Fields);
          if (event === "typing:start") tellOf(answer);
          reply(
            args,
            typeof answer === "string"
              ? { ok: false, error: { code: answer, message: "No." } }
              : { ok: true, ...answer },
          );
        });
    });

  function tellOf(answer: object | Code): void {
    if (typeof answer === "string" || !("news" in answer)) return;
    const news = answer.news as { room: string; user: string };
    socket.to(PREFIX + news.room).volatile.emit("typing", news);
  }

  socket.on("disconnecting", () => {
    const { user } = socket.data;
    for (const name of [...socket.rooms].filter(isOurs)) {
      const room = name.slice(PREFIX.length);
      socket.to(name).emit("room:left", { room, user });
    }
  });
  socket.emit("welcome", { id: socket.id });
});

function roomIn({ room }: Fields): string | null {
  return typeof room === "string" && /^[A-Za-z\d_-]{1,32}$/.test(room)
    ? room
    : null;
}

function textIn({ text }: Fields): string | null {
  if (typeof text !== "string") return null;
  const { length } = text.trim();
  return length > 0 && length <= MAX_TEXT ? text.trim() : null;
}

function reply(args: unknown[], answer: object): void {
  const last = args.at(-1);
  if (typeof last === "function") last(answer);
}

httpServer.listen(Number(PORT), HOST);
