import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
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

// Serves index.html at "/". What is not in the folder stays a 404.
app.use(express.static(publicDir));

// One HTTP server for both. Socket.IO takes the requests to /socket.io/,
// and Express gets all the others.
const httpServer = createServer(app);

// TODO(05): nobody can send more than 100 000 bytes at once.
const io = new Server(httpServer);

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });

  // TODO(05): `message:send` { text }: everyone, the sender too, hears `message:new`
  // { id, user, text, at }, and the sender is answered { ok: true, id }. `user` is
  // "guest-" and the first 4 characters of the socket's id.

  // TODO(05): text has 1 to 500 characters, not counting the space around it, and goes on
  // without that space. Whatever else is sent is answered BAD_REQUEST, and nobody hears it.

  // TODO(05): what a client says about `id`, `user` and `at` counts for nothing.

  // This one fails on purpose, as any code may one day.
  // TODO(05): whoever calls it is answered INTERNAL, always with the same message, which
  // tells nothing of what went wrong. The server goes on.
  socket.on("debug:fail", async () => {
    await askTheDatabase();
  });
});

/**
 * How to answer a call. The acknowledgement is the last argument, if there is one. We
 * look before we call it: calling what is not a function would end this server, and
 * any client could do that.
 */
function answerTo(args: unknown[]): (reply: object) => void {
  const ack = args.at(-1);
  return typeof ack === "function" ? (reply) => ack(reply) : () => {};
}

function badRequest(message: string) {
  return { ok: false, error: { code: "BAD_REQUEST", message } };
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

/** Stands for all that fails after a while. A real database comes in lesson 09. */
async function askTheDatabase(): Promise<never> {
  await wait(5);
  const call = randomUUID();
  throw new Error(`mongodb://admin:tea@db.example gave up on call ${call}`);
}

// httpServer, not app: `app.listen` would make a second HTTP server,
// and Socket.IO would be on the one where nobody knocks.
httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
