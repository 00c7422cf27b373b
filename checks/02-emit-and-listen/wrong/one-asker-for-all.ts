// fails: parallel
// mistake: shared-variable
// hint: belongs to whoever wrote it last
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server, type Socket } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

const httpServer = createServer(app);
const io = new Server(httpServer);

let asker: Socket;

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });

  socket.on("echo", async (...args) => {
    asker = socket;
    await sleep(100);
    asker.emit("echo:reply", { args });
  });

  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
