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

// Serves index.html at "/". What is not in the folder stays a 404.
app.use(express.static(publicDir));

// TODO(13): this server speaks https, and nothing else. TLS_CERT_FILE names the file with its
// certificate, TLS_KEY_FILE the one with the key.

// TODO(13): if one of them is not set, cannot be read, or does not belong to the other, the
// server ends at once, with an exit code that is not 0 and one clear line on standard error.
const httpServer = createServer(app);
const io = new Server(httpServer, { maxHttpBufferSize: 100_000 });

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
  const user = `guest-${socket.id.slice(0, 4)}`;

  socket.on("message:send", (...args: unknown[]) => {
    const answer = answerTo(args);
    const text = textOf(args[0]);
    if (text === undefined) {
      const message = "text must be a string of 1 to 500 characters";
      answer({ ok: false, error: { code: "BAD_REQUEST", message } });
      return;
    }
    const id = randomUUID();
    io.emit("message:new", { id, user, text, at: new Date().toISOString() });
    answer({ ok: true, id });
  });
});

/** The acknowledgement is the last argument, if there is one. */
function answerTo(args: unknown[]): (reply: object) => void {
  const ack = args.at(-1);
  return typeof ack === "function" ? (reply) => ack(reply) : () => {};
}

/** The text of a message without the space around it, if it is one. */
function textOf(payload: unknown): string | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const { text }: { text?: unknown } = payload;
  if (typeof text !== "string") return undefined;
  const trimmed = text.trim();
  return trimmed.length >= 1 && trimmed.length <= 500 ? trimmed : undefined;
}

httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
