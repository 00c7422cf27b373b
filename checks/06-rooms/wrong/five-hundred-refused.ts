// fails: malformed
// mistake: text-at-the-limit-refused
// hint: whose length is exactly a limit
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.get("/stats", (_request, response) => {
  const online = io.sockets.sockets.size;
  const rooms = [...io.sockets.adapter.rooms.keys()].filter(isInner).length;
  response.json({ online, rooms });
});

const httpServer = createServer(app);
const io = new Server(httpServer, { maxHttpBufferSize: 100_000 });

// What clients call "tea" is "room:tea" here: no socket's id looks like that.
const inner = (room: string) => `room:${room}`;
const isInner = (name: string) => name.startsWith("room:");

const isName = (value: unknown): value is string =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,32}$/.test(value);
const textOf = (value: unknown) => {
  const text = typeof value === "string" ? value.trim() : "";
  return text.length < 500 ? text : "";
};
const refusal = (code: string) => ({
  ok: false,
  error: { code, message: "That cannot be done." },
});
const membersOf = (name: string) => io.sockets.adapter.rooms.get(name)?.size;

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
  const user = `guest-${socket.id.slice(0, 4)}`;

  /** A handler gives the answer; the payload is an object in any case. */
  const on = (event: string, handler: (payload: any) => object) => {
    socket.on(event, (...args) => {
      const ack = args.at(-1);
      const answer = handler(Object(args[0]));
      if (typeof ack === "function") ack(answer);
    });
  };

  on("room:join", ({ room }) => {
    if (!isName(room)) return refusal("BAD_REQUEST");
    const name = inner(room);
    if (!socket.rooms.has(name)) {
      if ([...socket.rooms].filter(isInner).length >= 10)
        return refusal("BAD_REQUEST");
      socket.join(name);
      socket.to(name).emit("room:joined", { room, user });
    }
    return { ok: true, room, members: membersOf(name) };
  });

  on("room:leave", ({ room }) => {
    if (!isName(room)) return refusal("BAD_REQUEST");
    const name = inner(room);
    if (!socket.rooms.has(name)) return refusal("NOT_IN_ROOM");
    socket.leave(name);
    socket.to(name).emit("room:left", { room, user });
    return { ok: true, room };
  });

  on("message:send", (payload) => {
    const { room } = payload;
    const text = textOf(payload.text);
    if (!isName(room) || !text) return refusal("BAD_REQUEST");
    const name = inner(room);
    if (!socket.rooms.has(name)) return refusal("NOT_IN_ROOM");
    const id = randomUUID();
    const at = new Date().toISOString();
    io.to(name).emit("message:new", { id, room, user, text, at });
    return { ok: true, id };
  });

  on("dm:send", (payload) => {
    const { to } = payload;
    const text = textOf(payload.text);
    if (!text || !io.sockets.sockets.has(to)) return refusal("BAD_REQUEST");
    io.to(to).emit("dm:new", { from: socket.id, text });
    return { ok: true };
  });

  socket.on("disconnecting", () => {
    for (const name of [...socket.rooms].filter(isInner))
      socket.to(name).emit("room:left", { room: name.slice(5), user });
  });
});

httpServer.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
