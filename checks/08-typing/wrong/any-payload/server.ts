// fails: protocol
// mistake: any-payload
// hint: any and unknown take everything
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { type DefaultEventsMap, Server, type Socket } from "socket.io";
import type {
  Ack,
  ClientToServerEvents,
  Done,
  ErrorCode,
  ServerToClientEvents,
  SocketData,
} from "./protocol.ts";

type ChatSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>;

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";
const publicDir =
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../lessons/public");

const allowedOrigin = process.env.CORS_ORIGIN;
const users = new Map<string, string>(
  Object.entries(JSON.parse(process.env.TOKENS || "{}")),
);

const maxRooms = 10;
const typingPause = 1000;

const app = express();

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

app.get("/stats", (_request, response) => {
  response.json({
    online: io.sockets.sockets.size,
    rooms: namesAmong(io.sockets.adapter.rooms.keys()).length,
  });
});

app.use(express.static(publicDir));

const httpServer = createServer(app);
const io = new Server<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>(httpServer, {
  maxHttpBufferSize: 100_000,
  cors: { origin: allowedOrigin },
  allowRequest: (request, decide) => {
    const { origin } = request.headers;
    decide(null, origin === undefined || origin === allowedOrigin);
  },
});

io.use(identify);

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
    answered((payload) => {
      const room = roomOf(payload);
      const text = textOf(payload);
      assertMember(socket, room);

      const id = randomUUID();
      const at = new Date().toISOString();
      io.to(channel(room)).emit("message:new", { id, room, user, text, at });
      return { id };
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

      const now = performance.now();
      if (now - typedAt >= typingPause) {
        typedAt = now;
        socket.to(channel(room)).volatile.emit("typing", { room, user });
      }
      return {};
    }),
  );

  socket.on("disconnecting", () => {
    for (const room of namesAmong(socket.rooms)) {
      socket.to(channel(room)).emit("room:left", { room, user });
    }
  });
});

function identify(socket: ChatSocket, next: (error?: Error) => void): void {
  const token: unknown = socket.handshake.auth.token;
  const user = typeof token === "string" ? users.get(token) : undefined;
  if (user === undefined) {
    next(unauthorized());
    return;
  }
  socket.data.user = user;
  next();
}

function unauthorized(): Error {
  return Object.assign(new Error("unauthorized"), {
    data: { code: "UNAUTHORIZED" },
  });
}

function channel(name: string): string {
  return `room:${name}`;
}

function namesAmong(channels: Iterable<string>): string[] {
  const prefix = channel("");
  return [...channels]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

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

function answered<Fields extends object>(
  work: (payload: unknown) => Fields | Promise<Fields>,
): (payload: unknown, ack?: Ack<Done & Fields>) => Promise<void> {
  return async (...args: unknown[]) => {
    const answer = answerTo(args);
    try {
      answer({ ok: true, ...(await work(args[0])) });
    } catch (error) {
      answer({ ok: false, error: whatToTell(error) });
    }
  };
}

function whatToTell(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof Refusal) {
    return { code: error.code, message: error.message };
  }
  console.error(error);
  return { code: "INTERNAL", message: "Something went wrong on the server." };
}

class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

function answerTo(args: unknown[]): (reply: object) => void {
  const ack = args.at(-1);
  return typeof ack === "function" ? (reply) => ack(reply) : () => {};
}

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

function receiverOf(payload: unknown): ChatSocket {
  const { to } = fieldsOf(payload);
  const receiver =
    typeof to === "string" ? io.sockets.sockets.get(to) : undefined;
  if (receiver === undefined) {
    throw new Refusal("BAD_REQUEST", "to must be the id of a connected socket");
  }
  return receiver;
}

function fieldsOf(payload: unknown): Record<string, unknown> {
  return typeof payload === "object" && payload !== null
    ? (payload as Record<string, unknown>)
    : {};
}

httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
