import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { Server } from "socket.io";

// Whoever starts the server chooses these. The defaults are for trying it by hand.
const port = Number(process.env.PORT ?? 3000);
// 127.0.0.1 is this machine only, so nobody else on the network can reach it yet.
const host = process.env.HOST ?? "127.0.0.1";
// The path starts at this file, not at the folder in which the command was typed.
const publicDir =
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../lessons/public");

const app = express();

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

// TODO(06): GET /stats says { online, rooms }: how many sockets are connected, and how
// many rooms have somebody in them.

// Serves index.html at "/". What is not in the folder stays a 404.
app.use(express.static(publicDir));

// One HTTP server for both. Socket.IO takes the requests to /socket.io/,
// and Express gets all the others.
const httpServer = createServer(app);
const io = new Server(httpServer, {
  // In bytes. Whoever sends more at once is disconnected, and no handler sees it.
  maxHttpBufferSize: 100_000,
});

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });

  // The server gives the name. If the client gave it, anybody could be anybody.
  const user = `guest-${socket.id.slice(0, 4)}`;

  // TODO(06): `room:join` { room } is answered { ok: true, room, members }. The others in
  // the room hear `room:joined` { room, user }, unless the socket was in it already.

  // TODO(06): the name of a room has 1 to 32 characters of A-Z, a-z, 0-9, _ and -. All
  // else is answered BAD_REQUEST, and so is the 11th room at the same time.

  // TODO(06): `room:leave` { room } is answered { ok: true, room }. The others in the room
  // hear `room:left` { room, user }. Who is not in it is answered NOT_IN_ROOM.

  // TODO(06): `message:send` { room, text }: everyone in the room, and nobody else, hears
  // `message:new` { id, room, user, text, at }. Who is not in it is answered NOT_IN_ROOM.
  socket.on(
    "message:send",
    answered((payload) => {
      // Written field by field: whatever else the client sent stays behind.
      const message = {
        id: randomUUID(),
        user,
        text: textOf(payload),
        at: new Date().toISOString(),
      };
      io.emit("message:new", message);
      return { id: message.id };
    }),
  );

  // TODO(06): `dm:send` { to, text } is answered { ok: true }. The socket with the id `to`,
  // and nobody else, hears `dm:new` { from, text }, whatever rooms there are. If there is
  // no such socket, it is BAD_REQUEST.

  // TODO(06): when this client is gone, the others in each of its rooms hear `room:left`.
});

/**
 * A handler that answers every call once, and lets no error out: an error that nobody
 * catches would end this server. `work` returns the fields of the answer, or throws.
 */
function answered(work: (payload: unknown) => object | Promise<object>) {
  return async (...args: unknown[]): Promise<void> => {
    const answer = answerTo(args);
    try {
      // Without `await`, the error of a promise would come when this `try` is over.
      answer({ ok: true, ...(await work(args[0])) });
    } catch (error) {
      answer({ ok: false, error: whatToTell(error) });
    }
  };
}

/** What the caller may know. What a bug says is for us alone: it may hold a path or a password. */
function whatToTell(error: unknown): { code: string; message: string } {
  if (error instanceof Refusal) {
    return { code: error.code, message: error.message };
  }
  console.error(error);
  return { code: "INTERNAL", message: "Something went wrong on the server." };
}

/** The call was wrong, and whoever made it is told why. */
class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
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

/**
 * The fields of what a client sent. A type is our wish, not the client's promise:
 * anything can arrive, `null` too, and then there are no fields.
 */
function fieldsOf(payload: unknown): Record<string, unknown> {
  return typeof payload === "object" && payload !== null
    ? (payload as Record<string, unknown>)
    : {};
}

// httpServer, not app: `app.listen` would make a second HTTP server,
// and Socket.IO would be on the one where nobody knocks.
httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
