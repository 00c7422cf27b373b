// fails: parallel
// mistake: M5
// hint: Is a listener registered inside another one
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

  function onEcho(...args: unknown[]) {
    socket.emit("echo:reply", { args });
    socket.on("echo", onEcho); // listen for the next one
  }
  socket.on("echo", onEcho);

  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
