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

app.get("/stats", (_request, response) => {
  response.json({ online: online() });
});

// Serves index.html at "/". What is not in the folder stays a 404.
app.use(express.static(publicDir));

// One HTTP server for both. Socket.IO takes the requests to /socket.io/,
// and Express gets all the others.
const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", (socket) => {
  // `socket` is the one client that has just come. `io.emit` would tell everyone.
  socket.emit("welcome", { id: socket.id });
  socket.broadcast.emit("user:joined", { id: socket.id, online: online() });

  // All handlers are registered at once, before anything is awaited.
  // An event that comes while no handler is there is lost.

  // `...args` takes as many arguments as were sent, none included.
  socket.on("echo", (...args: unknown[]) => {
    socket.emit("echo:reply", { args });
  });

  socket.on("math:add", (payload: unknown) => {
    const { a, b } = fieldsOf(payload);
    // There is nobody to tell: the contract has no reply for a bad call.
    if (!isNumber(a) || !isNumber(b)) return;
    socket.emit("math:result", { sum: a + b });
  });

  // A chat: everyone, the sender too, so that all pages show the same list.
  socket.on("chat:say", (payload: unknown) => {
    const { text } = fieldsOf(payload);
    if (typeof text !== "string") return;
    // `from` is ours to say. A client could claim to be anybody.
    io.emit("chat:said", { from: socket.id, text });
  });

  // A notification: one socket. Each socket is alone in a room named by its id.
  socket.on("notify", (payload: unknown) => {
    const { to, text } = fieldsOf(payload);
    // An empty array as `to` would mean "no limit", and everyone would hear it.
    if (typeof to !== "string" || typeof text !== "string") return;
    io.to(to).emit("notification", { from: socket.id, text });
  });

  // A live score: everyone else. The sender knows it already.
  socket.on("score:set", (payload: unknown) => {
    const { home, away } = fieldsOf(payload);
    if (!isNumber(home) || !isNumber(away)) return;
    socket.broadcast.emit("score:updated", { home, away });
  });

  // Comes once for each connection, however it ended.
  socket.on("disconnect", () => {
    socket.broadcast.emit("user:left", { id: socket.id, online: online() });
  });
});

/**
 * How many sockets are connected. Socket.IO keeps them in a map of its own: the newcomer
 * is in it before "connection", the leaver is out of it before "disconnect". A counter
 * of ours could be missed or counted twice; the size of this map cannot.
 */
function online(): number {
  return io.sockets.sockets.size;
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

/** A number that can be sent: JSON turns NaN and Infinity into null. */
function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

// httpServer, not app: `app.listen` would make a second HTTP server,
// and Socket.IO would be on the one where nobody knocks.
httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
