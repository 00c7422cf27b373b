// fails: order
// mistake: some-unanswered
// hint: turn events away while it is busy
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
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

  let busy = false;
  socket.on("echo", async (...args) => {
    if (busy) return;
    busy = true;
    await sleep(5);
    socket.emit("echo:reply", { args });
    busy = false;
  });

  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
