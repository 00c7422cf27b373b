// fails: joined
// mistake: M11
// hint: seem to be counted still
import { createServer } from "node:http";
import express from "express";
import { Server, type Socket } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.get("/stats", (_request, response) => {
  response.json({ online: users.size });
});

const httpServer = createServer(app);
const io = new Server(httpServer);
const users = new Map<string, Socket>();

io.on("connection", (socket) => {
  const { id } = socket;
  socket.emit("welcome", { id });
  users.set(id, socket);
  socket.broadcast.emit("user:joined", { id, online: users.size });

  socket.on("chat:say", ({ text }) => {
    io.emit("chat:said", { from: id, text });
  });

  socket.on("notify", (payload) => {
    const { to, text } = payload ?? {};
    if (typeof to !== "string") return;
    io.to(to).emit("notification", { from: id, text });
  });

  socket.on("score:set", ({ home, away }) => {
    socket.broadcast.emit("score:updated", { home, away });
  });

  socket.on("disconnect", () => {
    io.emit("user:left", { id, online: users.size });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
