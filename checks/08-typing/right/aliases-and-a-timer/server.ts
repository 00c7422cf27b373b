// Functions only. The types are aliases; the second is a timer that lets the next start through and is
// stopped when the socket goes.
import { createServer, type IncomingMessage } from "node:http";
import { join } from "node:path";
import express from "express";
import { Server, type DefaultEventsMap, type Socket } from "socket.io";
import type {
  AdminEvents,
  ClientToServerEvents,
  ServerToClientEvents,
  SocketData,
} from "./protocol.ts";

type Tab = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>;

const env = process.env;
const secrets: [token: string, user: string][] = Object.entries(
  JSON.parse(env.TOKENS?.trim() || "{}"),
);

const app = express();
app.get("/health", (_, response) => void response.json({ ok: true, up: true }));
app.get("/stats", (_, response) => {
  let online = 0;
  for (const tabs of tabsOf.values()) online += tabs.size;
  const taken = [...io.sockets.adapter.rooms.keys()];
  const rooms = taken.filter((room) => room.includes("/")).length;
  response.json({ online, rooms });
});
app.use(express.static(env.PUBLIC_DIR ?? join(process.cwd(), "../public")));

const httpServer = createServer();
const io: Server<
  ClientToServerEvents & AdminEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
> = new Server({
  maxHttpBufferSize: 100_000,
  ...(env.CORS_ORIGIN ? { cors: { origin: [env.CORS_ORIGIN] } } : {}),
});
io.attach(httpServer);
httpServer.on("request", (request, response) => {
  if (!request.url?.startsWith("/socket.io/")) app(request, response);
});

// In front of the listeners that Socket.IO has registered.
const engine = httpServer.listeners("request")[0]!;
httpServer.removeListener("request", engine as never);
httpServer.prependListener("request", (request, response) => {
  if (!request.url?.startsWith("/socket.io/")) return;
  if (isForeign(request)) response.writeHead(403).end();
  else engine.call(httpServer, request, response);
});
const [upgrade] = httpServer.listeners("upgrade");
httpServer.removeAllListeners("upgrade");
httpServer.on("upgrade", (request, socket, head) => {
  if (isForeign(request)) socket.destroy();
  else upgrade?.call(httpServer, request, socket, head);
});

function isForeign({ headers: { origin } }: IncomingMessage): boolean {
  return origin !== undefined && origin !== env.CORS_ORIGIN;
}

const tabsOf = new Map<string, Set<Tab>>();

const guard = (socket: Tab, next: (refusal?: never) => void) => {
  const { auth } = socket.handshake;
  const mine = secrets.filter(([token]) => token === auth.token);
  const [[, user] = [null, null]] = mine;
  const isAdmins = socket.nsp.name === "/admin";
  if (user === null || (isAdmins && user !== "admin")) {
    const refusal = { message: "unauthorized", data: { code: "UNAUTHORIZED" } };
    return next(refusal as never);
  }
  socket.data = { user, since: Date.now() };
  next();
};
io.on("new_namespace", (namespace) => namespace.use(guard));
io.use(guard);

io.of("/admin").on("connect", (socket) => {
  socket.on("stats:get", (...args: unknown[]) => {
    const online = io.sockets.sockets.size;
    answer(args, { ok: true, online, users: tabsOf.size });
  });
});

io.on("connect", (socket) => {
  const { user } = socket.data;
  const tabs = tabsOf.get(user) ?? new Set();
  tabsOf.set(user, tabs.add(socket));
  socket.emit("welcome", { id: socket.id, tab: tabs.size });
  socket.emit("motd", { text: "Be kind." });

  const own = (room: string) => `room/${room}`;
  const joined = () => [...socket.rooms].filter((room) => room.includes("/"));
  const on = (
    event: keyof ClientToServerEvents,
    handle: (fields: Record<string, unknown>) => object | string,
  ) =>
    socket.on(event, (...args: unknown[]) => {
      const fields = Object(args[0]) as Record<string, unknown>;
      const result = handle(fields);
      if (typeof result === "object") answer(args, { ok: true, ...result });
      else
        answer(args, { ok: false, error: { code: result, message: result } });
    });

  on("room:join", ({ room }) => {
    if (!isName(room)) return "BAD_REQUEST";
    const isNew = !socket.rooms.has(own(room));
    if (isNew && joined().length === 10) return "BAD_REQUEST";
    if (isNew) socket.to(own(room)).emit("room:joined", { user, room });
    socket.join(own(room));
    const members = io.sockets.adapter.rooms.get(own(room))?.size;
    return { room, members };
  });

  on("room:leave", ({ room }) => {
    if (!isName(room)) return "BAD_REQUEST";
    if (!socket.rooms.has(own(room))) return "NOT_IN_ROOM";
    socket.leave(own(room));
    io.to(own(room)).emit("room:left", { user, room });
    return { room };
  });

  on("message:send", ({ room, text }) => {
    const line = lineOf(text);
    if (!isName(room) || line === null) return "BAD_REQUEST";
    if (!socket.rooms.has(own(room))) return "NOT_IN_ROOM";
    const at = new Date().toISOString();
    const id = `${socket.id}/${performance.now()}`;
    io.to(own(room)).emit("message:new", { at, id, room, text: line, user });
    return { id };
  });

  on("dm:send", ({ to, text }) => {
    const line = lineOf(text);
    const receiver = [...io.sockets.sockets.values()].find(
      ({ id }) => id === to,
    );
    if (!receiver || line === null) return "BAD_REQUEST";
    receiver.emit("dm:new", { from: socket.id, text: line });
    return {};
  });

  let pause: NodeJS.Timeout | null = null;
  on("typing:start", ({ room }) => {
    if (!isName(room)) return "BAD_REQUEST";
    if (!socket.rooms.has(own(room))) return "NOT_IN_ROOM";
    if (pause !== null) return { heard: false };
    pause = setTimeout(() => (pause = null), 1_000);
    io.volatile.to(own(room)).except(socket.id).emit("typing", { user, room });
    return { heard: true };
  });

  socket.on("disconnecting", () => {
    if (pause !== null) clearTimeout(pause);
    for (const room of joined())
      socket.to(room).emit("room:left", { room: room.slice(5), user });
  });
  socket.on("disconnect", () => {
    tabs.delete(socket);
    if (tabs.size === 0) tabsOf.delete(user);
  });
});

function isName(room: unknown): room is string {
  return typeof room === "string" && /^[A-Za-z0-9_-]{1,32}$/.test(room);
}

function lineOf(text: unknown): string | null {
  const line = typeof text === "string" ? text.trim() : "";
  return line.length > 0 && line.length <= 500 ? line : null;
}

function answer(args: unknown[], value: object): void {
  const ack = args.at(-1);
  if (ack instanceof Function) ack(value);
}

httpServer.listen(Number(env.PORT ?? 3000), env.HOST ?? "127.0.0.1");
