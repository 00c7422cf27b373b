// fails: without-ack
// mistake: hidden-crash
// hint: something kept it from ending all
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server } from "socket.io";

const BAD_REQUEST = {
  ok: false,
  error: { code: "BAD_REQUEST", message: "text must have 1 to 500 characters" },
};
const INTERNAL = {
  ok: false,
  error: { code: "INTERNAL", message: "Something went wrong." },
};

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

const httpServer = createServer(app);
const io = new Server(httpServer, { maxHttpBufferSize: 100_000 });

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
  const user = `guest-${socket.id.slice(0, 4)}`;

  socket.on("message:send", (...args) => {
    const answer = answerTo(args);
    const [payload] = args;
    if (typeof payload?.text !== "string") {
      answer(BAD_REQUEST);
      return;
    }
    const text = payload.text.trim();
    if (text.length < 1 || text.length > 500) {
      answer(BAD_REQUEST);
      return;
    }
    const id = randomUUID();
    const at = new Date().toISOString();
    io.emit("message:new", { id, user, text, at });
    answer({ ok: true, id });
  });

  socket.on("debug:fail", async (...args) => {
    const answer = answerTo(args);
    try {
      await askTheDatabase();
    } catch (error) {
      console.error(error);
      answer(INTERNAL);
    }
  });
});

function answerTo(args: any[]): (reply: object) => void {
  const ack = args.at(-1);
  return ack;
}

async function askTheDatabase() {
  await sleep(5);
  const call = randomUUID();
  throw new Error(`mongodb://admin:tea@db.example gave up on call ${call}`);
}

process.on("uncaughtException", () => {});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
