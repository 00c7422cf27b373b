// fails: poll-missing
// mistake: too-patient
// hint: all clients together have one second
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });

  socket.on("time:get", (...args) => {
    answer(args, { ok: true, now: new Date().toISOString() });
  });

  socket.on("math:divide", (...args) => {
    const { a, b } = Object(args[0]);
    if (!Number.isFinite(a) || !Number.isFinite(b) || b === 0) {
      answer(args, badRequest("a and b must be numbers, and b not 0"));
      return;
    }
    answer(args, { ok: true, result: a / b });
  });

  socket.on("poll:ask", async (...args) => {
    const { question } = Object(args[0]);
    if (typeof question !== "string") {
      answer(args, badRequest("question must be a text"));
      return;
    }
    const asked = io.sockets.sockets.size - 1;
    let answers: unknown[] = [];
    try {
      answers = await socket.broadcast
        .timeout(2200)
        .emitWithAck("poll:question", { question });
    } catch (error: any) {
      answers = error.responses;
    }
    answer(args, { ok: true, answers, missing: asked - answers.length });
  });
});

function answer(args: any[], reply: unknown) {
  const ack = args.at(-1);
  if (typeof ack === "function") ack(reply);
}

function badRequest(message: string) {
  return { ok: false, error: { code: "BAD_REQUEST", message } };
}

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
