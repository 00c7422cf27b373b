// fails: echo
// mistake: M6
// hint: answered twice. Is her connection handled twice
import { createServer } from "node:http";
import express from "express";
import { Server, type Socket } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

const httpServer = createServer(app);
const io = new Server(httpServer);

function handle(socket: Socket) {
  socket.emit("welcome", { id: socket.id });

  socket.on("echo", (...args) => {
    socket.emit("echo:reply", { args });
  });

  socket.on("math:add", (payload) => {
    const { a, b } = payload ?? {};
    if (typeof a !== "number" || typeof b !== "number") return;
    socket.emit("math:result", { sum: a + b });
  });
}

io.on("connection", handle);
httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  io.on("connection", handle);
});
