// fails: at-once
// mistake: M3
// hint: The first event was lost, a later one was answered
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

const httpServer = createServer(app);
const io = new Server(httpServer);

async function loadGreeting() {
  await sleep(100); // a slow disk
  return readFile(import.meta.filename, "utf8");
}

io.on("connection", async (socket) => {
  socket.data.greeting = await loadGreeting();
  socket.emit("welcome", { id: socket.id });

  socket.on("echo", (...args) => {
    socket.emit("echo:reply", { args });
  });

  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
