// Classes, and a table of rules. When a socket was heard typing is kept in a WeakMap; the time of day is
// good enough for that here.
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { type IncomingMessage, createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import {
  type DefaultEventsMap,
  type Namespace as NamespaceOf,
  Server as ServerOf,
  type Socket as SocketOf,
} from "socket.io";
import type * as protocol from "./protocol.ts";

type In = protocol.ClientToServerEvents;
type Out = protocol.ServerToClientEvents;
type Data = protocol.SocketData;
type Namespace = NamespaceOf<In, Out, DefaultEventsMap, Data>;
type Socket = SocketOf<In, Out, DefaultEventsMap, Data>;
class Server extends ServerOf<In, Out, DefaultEventsMap, Data> {}

class Unauthorized extends Error {
  readonly data = { code: "UNAUTHORIZED", message: "Who are you?" };

  constructor() {
    super("unauthorized");
  }
}

class Gatekeeper {
  readonly #known: readonly { hash: Buffer; user: string }[];
  readonly #origin: string | undefined;

  constructor({ TOKENS, CORS_ORIGIN }: NodeJS.ProcessEnv) {
    const users: Record<string, string> = TOKENS ? JSON.parse(TOKENS) : {};
    this.#known = Object.keys(users).map((token) => ({
      hash: hashOf(token),
      user: users[token]!,
    }));
    this.#origin = CORS_ORIGIN;
  }

  guard(namespace: Namespace, ...only: string[]): void {
    namespace.use(async (socket, next) => {
      const user = this.#userOf(socket.handshake.auth["token"]);
      const isWelcome =
        user !== null && (only.length === 0 || only.includes(user));
      if (isWelcome) socket.data = { user };
      next(isWelcome ? undefined : new Unauthorized());
    });
  }

  #userOf(token: unknown): string | null {
    if (typeof token !== "string") return null;
    const hash = hashOf(token);
    let found: string | null = null;
    for (const known of this.#known)
      if (timingSafeEqual(known.hash, hash)) found = known.user;
    return found;
  }

  readonly mayRead = (
    origin: string | undefined,
    tell: (error: Error | null, isAllowed?: boolean) => void,
  ): void => tell(null, this.#isOwn(origin));

  readonly mayCome = (
    { headers: { origin } }: IncomingMessage,
    decide: (reason: string | null, isAllowed: boolean) => void,
  ): void => {
    setImmediate(() => {
      const isAllowed = origin === undefined || this.#isOwn(origin);
      decide(isAllowed ? null : "not from here", isAllowed);
    });
  };

  #isOwn(origin: string | undefined): boolean {
    return origin !== undefined && this.#origin === origin;
  }
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

type Answer = { ok: true; [field: string]: unknown } | Refusal;
interface Refusal {
  ok: false;
  error: { code: string; message: string };
}
const refusal = (code: string, message: string): Refusal => ({
  ok: false,
  error: { code, message },
});
const malformed = refusal("BAD_REQUEST", "That cannot be understood.");
const stranger = refusal("NOT_IN_ROOM", "You are not in that room.");

/** A table says which field must look how. */
const rules = {
  room: (value: unknown) =>
    typeof value === "string" && /^[a-z0-9_-]{1,32}$/i.test(value),
  text: (value: unknown) =>
    typeof value === "string" &&
    value.trim() !== "" &&
    value.trim().length <= 500,
  to: (value: unknown) => typeof value === "string",
};
type Field = keyof typeof rules;

const lastTyping = new WeakMap<Socket, number>();

class Guest {
  readonly #socket: Socket;
  readonly #io: Server;

  constructor(socket: Socket, io: Server) {
    this.#socket = socket;
    this.#io = io;
    socket.emit("welcome", { id: socket.id, name: this.#user });
    this.#listen("room:join", ["room"], ({ room }) => this.#join(room));
    this.#listen("room:leave", ["room"], ({ room }) => this.#leave(room));
    this.#listen("message:send", ["room", "text"], (message) =>
      this.#write(message.room, message.text),
    );
    this.#listen("typing:start", ["room"], ({ room }) => this.#type(room));
    this.#listen("dm:send", ["to", "text"], ({ to, text }) =>
      this.#whisper(to, text),
    );
    socket.once("disconnecting", () => this.#rooms.forEach(this.#sayGoodbye));
  }

  get #user(): string {
    return this.#socket.data.user;
  }

  get #rooms(): string[] {
    return [...this.#socket.rooms]
      .filter((room) => room.startsWith("#"))
      .map((room) => room.substring(1));
  }

  #listen<Name extends Field>(
    event: keyof In & string,
    fields: Name[],
    call: (payload: Record<Name, string>) => Answer,
  ): void {
    this.#socket.on(event, (...args: unknown[]) => {
      const ack = args.pop();
      const payload = (
        typeof ack === "function" ? args[0] : (args[0] ?? ack)
      ) as Record<Name, string> | undefined;
      const isRight = fields.every((field) => rules[field](payload?.[field]));
      const answer = isRight ? call(payload!) : malformed;
      if (typeof ack === "function") ack(answer);
    });
  }

  #join(room: string): Answer {
    if (!this.#isIn(room)) {
      if (this.#rooms.length >= 10) return malformed;
      void this.#socket.join(`#${room}`);
      const { id } = this.#socket;
      const news = { room, user: this.#user, id };
      this.#socket.broadcast.to(`#${room}`).emit("room:joined", news);
    }
    const members = this.#io.of("/").adapter.rooms.get(`#${room}`)!.size;
    return { ok: true, room, members };
  }

  #leave(room: string): Answer {
    if (!this.#isIn(room)) return stranger;
    this.#sayGoodbye(room);
    void this.#socket.leave(`#${room}`);
    return { ok: true, room };
  }

  #write(room: string, text: string): Answer {
    if (!this.#isIn(room)) return stranger;
    const message = {
      id: randomUUID(),
      room,
      user: this.#user,
      text: text.trim(),
      at: new Date().toISOString(),
    };
    this.#io.in(`#${room}`).emit("message:new", message);
    return { ok: true, ...message };
  }

  #type(room: string): Answer {
    if (!this.#isIn(room)) return stranger;
    const wait = (lastTyping.get(this.#socket) ?? 0) + 1_000 - Date.now();
    if (wait <= 0) {
      lastTyping.set(this.#socket, Date.now());
      const news = { user: this.#user, room, id: this.#socket.id };
      this.#socket.volatile.to(`#${room}`).emit("typing", news);
    }
    return { ok: true, again: Math.max(0, wait) };
  }

  #whisper(to: string, text: string): Answer {
    if (!this.#io.of("/").sockets.has(to)) return malformed;
    const letter = { from: this.#socket.id, text: text.trim() };
    this.#io.to(to).emit("dm:new", letter);
    return { ok: true };
  }

  #isIn(room: string): boolean {
    return this.#socket.rooms.has(`#${room}`);
  }

  readonly #sayGoodbye = (room: string): void => {
    const news = { room, user: this.#user };
    this.#socket.to(`#${room}`).emit("room:left", news);
  };
}

const app = express();
app.get("/health", (_request, response) => void response.send({ ok: true }));
app.get("/stats", (_request, response) => {
  const names = [...io.of("/").adapter.rooms.keys()];
  const rooms = names.filter((name) => name.startsWith("#")).length;
  response.json({ online: io.of("/").sockets.size, rooms });
});
app.use(
  express.static(
    process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../public"),
  ),
);

const gatekeeper = new Gatekeeper(process.env);
const httpServer = createServer(app);
const io = new Server(httpServer, {
  maxHttpBufferSize: 100_000,
  cors: { origin: gatekeeper.mayRead, methods: ["GET", "POST"] },
  allowRequest: gatekeeper.mayCome,
});

gatekeeper.guard(io.of("/"));
io.on("connection", (socket) => new Guest(socket, io));

// Made when the first one comes; its middleware is inherited from the parent.
const admin = io.of((name, _auth, next) => next(null, name === "/admin"));
gatekeeper.guard(admin, "admin");
admin.on("connection", (socket) => {
  socket.onAny((event: string, ...args: unknown[]) => {
    const ack = args.at(-1);
    if (event !== "stats:get" || typeof ack !== "function") return;
    const online = io.of("/").sockets.size;
    ack({ ok: true, online, admins: socket.nsp.sockets.size });
  });
});

httpServer.listen(
  { port: Number(process.env.PORT ?? 3000), host: process.env.HOST },
  () => console.log("ready"),
);
