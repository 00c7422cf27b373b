// fails: order
// mistake: M41
// hint: what it awaited took now more time, now less
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

  socket.on("echo", async (...args) => {
    // As a database would: not every answer takes the same time.
    if (Number(args[0]) % 2 === 1) await sleep(20);
    socket.emit("echo:reply", { args });
  });

  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
