// fails: left
// mistake: connections-counted
// hint: the connection below it not yet
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.get("/stats", (_request, response) => {
  response.json({ online: io.sockets.sockets.size });
});

const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", (socket) => {
  const { id } = socket;
  socket.emit("welcome", { id });
  socket.broadcast.emit("user:joined", { id, online: io.sockets.sockets.size });

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
    io.emit("user:left", { id, online: io.engine.clientsCount });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
