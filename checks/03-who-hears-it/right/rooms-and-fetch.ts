// Rooms instead of broadcast, fetchSockets() for the count, and news of a leaver that takes its time.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server, type Socket } from "socket.io";

const EVERYONE = "everyone";
const io = new Server({ connectionStateRecovery: {} });
const app = express();

app.get("/health", async (_request, response) => {
  response.json({ ok: true });
});
app.get("/stats", async (_request, response) => {
  const sockets = await io.in(EVERYONE).fetchSockets();
  response.json({ online: sockets.length, at: Date.now() });
});

async function tellTheOthers(event: string, { id }: Socket): Promise<void> {
  const { length: online } = await io.fetchSockets();
  io.to(EVERYONE).except(id).emit(event, { id, online });
}

io.on("connection", async (socket) => {
  socket.join([EVERYONE, `inbox of ${socket.id}`]);
  socket.on("chat:say", async ({ text }: { text: string }) => {
    await Promise.resolve();
    io.to(EVERYONE).emit("chat:said", { from: socket.id, text, lang: "en" });
  });
  socket.on("notify", (payload?: { to?: unknown; text?: unknown }) => {
    const inbox = `inbox of ${String(payload?.to)}`;
    io.in(inbox).emit("notification", {
      from: socket.id,
      text: payload?.text,
    });
  });
  socket.on("score:set", (score: { home: number; away: number }) => {
    socket.to(EVERYONE).emit("score:updated", { ...score, by: socket.id });
  });
  socket.on("disconnect", async () => {
    await sleep(250);
    await tellTheOthers("user:left", socket);
  });

  socket.emit("welcome", { id: socket.id });
  await tellTheOthers("user:joined", socket);
});

const server = createServer(app);
io.attach(server);
server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
