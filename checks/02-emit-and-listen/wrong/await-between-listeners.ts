// fails: add
// mistake: M3
// hint: only after something awaited
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

io.on("connection", async (socket) => {
  socket.emit("welcome", { id: socket.id });

  socket.on("echo", (...args) => {
    socket.emit("echo:reply", { args });
  });

  await sleep(200); // stands for a look into a database
  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
