// fails: add
// mistake: two-arguments-expected
// hint: two fields of one
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

  socket.on("echo", (...args) => {
    socket.emit("echo:reply", { args });
  });

  socket.on("math:add", (a, b) => {
    socket.emit("math:result", { sum: Number(a) + Number(b) });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
