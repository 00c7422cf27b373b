// fails: unknown-events
// mistake: unknown-event-ends-it
// hint: expect to find it
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

  const handlers: Record<string, (...args: any[]) => void> = {
    echo: (...args) => socket.emit("echo:reply", { args }),
    "math:add": (payload) => {
      const { a, b } = payload ?? {};
      if (typeof a !== "number" || typeof b !== "number") return;
      socket.emit("math:result", { sum: a + b });
    },
  };
  socket.onAny((event, ...args) => {
    handlers[event]!(...args);
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
