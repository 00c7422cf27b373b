// fails: gives-up
// mistake: one-of-two
// hint: When is something missing
import { X509Certificate, createPrivateKey, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import express from "express";
import { Server } from "socket.io";

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";
const publicDir =
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../lessons/public");

const app = express();

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

app.use(express.static(publicDir));

const httpsServer = createServer(identity(), app);
const io = new Server(httpsServer, { maxHttpBufferSize: 100_000 });

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

function identity(): { cert: Buffer; key: Buffer } {
  const { TLS_CERT_FILE, TLS_KEY_FILE } = process.env;
  if (!TLS_CERT_FILE && !TLS_KEY_FILE) {
    return giveUp("TLS_CERT_FILE and TLS_KEY_FILE must name two files.");
  }
  try {
    const cert = readFileSync(TLS_CERT_FILE as string);
    const key = readFileSync(TLS_KEY_FILE as string);
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
      return { cert, key };
    }
  } catch (error) {
    return giveUp(`The certificate or its key cannot be read: ${error}`);
  }
  return giveUp(`${TLS_KEY_FILE} is not the key of ${TLS_CERT_FILE}.`);
}

function giveUp(why: string): never {
  console.error(why);
  process.exit(1);
}

function answerTo(args: unknown[]): (reply: object) => void {
  const ack = args.at(-1);
  return typeof ack === "function" ? (reply) => ack(reply) : () => {};
}

function textOf(payload: unknown): string | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const { text }: { text?: unknown } = payload;
  if (typeof text !== "string") return undefined;
  const trimmed = text.trim();
  return trimmed.length >= 1 && trimmed.length <= 500 ? trimmed : undefined;
}

httpsServer.listen(port, host, () => {
  console.log(`Listening on https://${host}:${port}`);
});
