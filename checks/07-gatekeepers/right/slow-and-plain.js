// Plain JavaScript. Everything waits a little before it answers, and a refusal waits longer: whoever
// guesses tokens is to lose time. The origin is looked at by a middleware of the engine.
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import { Server } from "socket.io";

const {
  PORT = "3000",
  HOST = "127.0.0.1",
  PUBLIC_DIR = "public",
} = process.env;
const { CORS_ORIGIN } = process.env;
const tokens = Object.assign(
  Object.create(null),
  JSON.parse(process.env.TOKENS ?? "{}"),
);

const app = express();
app.get("/health", (_, response) => response.json({ ok: true }));
app.get("/stats", (_, response) =>
  response.json({ online: io.of("/").sockets.size, rooms: rooms.size }),
);
app.use(express.static(PUBLIC_DIR));

const httpServer = createServer(app);
const io = new Server(httpServer, {
  cors: { origin: CORS_ORIGIN },
  maxHttpBufferSize: 1e5,
});
io.engine.use((request, response, next) => {
  const { origin } = request.headers;
  const isHandshake = request._query?.sid === undefined;
  if (!isHandshake || origin === undefined || origin === CORS_ORIGIN)
    return next();
  response.writeHead(403);
  response.end("this page may not come in");
});

const gate = (isWelcome) => async (socket, next) => {
  const { token } = socket.handshake.auth ?? {};
  await wait(20);
  const user = typeof token === "string" ? tokens[token] : null;
  if (user && isWelcome(user)) {
    socket.data.user = user;
    return next();
  }
  await wait(250);
  const refusal = new Error("unauthorized");
  refusal.data = { code: "UNAUTHORIZED", retry: false };
  next(refusal);
};

io.use(gate(() => true));
io.of("/admin").use(gate((user) => user === "admin"));

io.of("/admin").on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id, admin: true });
  socket.on("stats:get", async (...args) => {
    const sockets = await io.fetchSockets();
    reply(args, { ok: true, online: sockets.length, rooms: rooms.size });
  });
});

/** The members of each room that has any. */
const rooms = new Map();

io.on("connection", async (socket) => {
  const mine = new Set();
  const { user } = socket.data;
  const tell = (room, event, payload, but) => {
    for (const member of rooms.get(room) ?? [])
      if (member !== but) member.emit(event, payload);
  };
  const leave = (room) => {
    mine.delete(room);
    rooms.get(room)?.delete(socket);
    if (rooms.get(room)?.size === 0) rooms.delete(room);
    tell(room, "room:left", { room, user });
  };

  const calls = {
    "room:join"({ room }) {
      if (!isRoom(room)) return refuse("BAD_REQUEST");
      if (!mine.has(room)) {
        if (mine.size === 10) return refuse("BAD_REQUEST");
        mine.add(room);
        rooms.set(room, (rooms.get(room) ?? new Set()).add(socket));
        tell(room, "room:joined", { room, user, at: Date.now() }, socket);
      }
      return { ok: true, room, members: rooms.get(room).size };
    },
    "room:leave"({ room }) {
      if (!isRoom(room)) return refuse("BAD_REQUEST");
      if (!mine.has(room)) return refuse("NOT_IN_ROOM");
      leave(room);
      return { ok: true, room };
    },
    "message:send"({ room, text }) {
      if (!isRoom(room) || !isText(text)) return refuse("BAD_REQUEST");
      if (!mine.has(room)) return refuse("NOT_IN_ROOM");
      const id = `${Date.now()}-${Math.random()}`;
      const at = new Date().toISOString();
      const message = { id, room, user, text: text.trim(), at, likes: 0 };
      tell(room, "message:new", message);
      return { ok: true, id };
    },
    "dm:send"({ to, text }) {
      const receiver = typeof to === "string" && io.sockets.sockets.get(to);
      if (!receiver || !isText(text)) return refuse("BAD_REQUEST");
      receiver.emit("dm:new", { from: socket.id, text: text.trim(), user });
      return { ok: true };
    },
  };

  let turn = Promise.resolve();
  for (const [event, call] of Object.entries(calls))
    socket.on(event, (...args) => {
      const [payload] = args;
      const isObject = typeof payload === "object" && payload !== null;
      turn = turn
        .then(() => wait(15))
        .then(() => reply(args, call(isObject ? payload : {})))
        .catch(() => reply(args, refuse("INTERNAL")));
    });
  socket.on("disconnect", () => [...mine].forEach(leave));

  await wait(10);
  socket.emit("welcome", { id: socket.id, user });
});

function isRoom(room) {
  return typeof room === "string" && /^[\w-]{1,32}$/.test(room);
}

function isText(text) {
  if (typeof text !== "string") return false;
  const { length } = text.trim();
  return length >= 1 && length <= 500;
}

function refuse(code) {
  return { ok: false, error: { code, message: `no (${code})` } };
}

function reply(args, answer) {
  const last = args[args.length - 1];
  if (typeof last === "function") last(answer);
}

httpServer.listen(Number(PORT), HOST);
