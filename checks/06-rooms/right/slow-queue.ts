// Everything takes its time: each call waits in a queue of its client, and something is awaited
// before it is looked at, before it is done and before it is answered.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server, type Socket } from "socket.io";

class Refused extends Error {
  override name = "Refused";
}

const app = express();
const io = new Server(app.listen(Number(process.env.PORT ?? 3000)));

app.get("/health", async (_request, response) => {
  await sleep(2);
  response.json({ ok: true });
});
app.get("/stats", async (_request, response) => {
  await sleep(2);
  const lists = [...io.sockets.sockets.values()].map((socket) =>
    roomsOf(socket),
  );
  const rooms = new Set(lists.flat());
  response.json({ online: lists.length, rooms: rooms.size });
});

const within = (name: string) => ["room", name].join("/");
const roomsOf = ({ rooms }: Socket) =>
  [...rooms].flatMap((room) =>
    room.includes("/") ? [room.split("/")[1]!] : [],
  );

async function text(value: unknown): Promise<string> {
  await sleep(1);
  if (typeof value !== "string") throw new Refused("BAD_REQUEST");
  const { length } = value.trim();
  if (length === 0 || length > 500) throw new Refused("BAD_REQUEST");
  return value.trim();
}

async function name(value: unknown): Promise<string> {
  await sleep(1);
  if (typeof value !== "string" || !/^[\w-]{1,32}$/.test(value))
    throw new Refused("BAD_REQUEST");
  return value;
}

io.on("connection", (socket) => {
  const user = `guest-${socket.id.slice(0, 4)}`;
  let queue = Promise.resolve();

  const takes = (
    event: string,
    work: (payload: Record<string, unknown>) => Promise<object>,
  ) =>
    socket.on(event, (...args: unknown[]) => {
      const ack = args.at(-1);
      const answer = typeof ack === "function" ? ack : () => {};
      queue = queue.then(async () => {
        try {
          const done = await work(Object(args[0]));
          await sleep(2);
          answer({ ok: true, ...done });
        } catch (error) {
          const code = error instanceof Refused ? error.message : "INTERNAL";
          if (code === "INTERNAL") console.error(error);
          answer({ ok: false, error: { code, message: "Sorry." } });
        }
      });
    });

  const assertMember = (room: string) => {
    if (!socket.rooms.has(within(room))) throw new Refused("NOT_IN_ROOM");
  };

  takes("room:join", async (payload) => {
    const room = await name(payload.room);
    const inRoom = io.in(within(room));
    if (!socket.rooms.has(within(room))) {
      if (roomsOf(socket).length >= 10) throw new Refused("BAD_REQUEST");
      await socket.join(within(room));
      inRoom.except(socket.id).emit("room:joined", { room, user });
    }
    const members = (await inRoom.fetchSockets()).length;
    return { room, members };
  });

  takes("room:leave", async (payload) => {
    const room = await name(payload.room);
    assertMember(room);
    await socket.leave(within(room));
    await sleep(3);
    io.to(within(room)).emit("room:left", { room, user });
    return { room };
  });

  takes("message:send", async (payload) => {
    const room = await name(payload.room);
    const message = { room, user, text: await text(payload.text) };
    assertMember(room);
    await sleep(5);
    const id = randomUUID();
    const at = new Date().toISOString();
    io.to(within(room)).emit("message:new", { ...message, id, at });
    return { id };
  });

  takes("dm:send", async (payload) => {
    const message = { from: socket.id, text: await text(payload.text) };
    const { to } = payload;
    const isId = typeof to === "string" && io.sockets.sockets.has(to);
    if (!isId) throw new Refused("BAD_REQUEST");
    await sleep(5);
    io.to(to).emit("dm:new", message);
    return {};
  });

  socket.on("disconnecting", async () => {
    const rooms = roomsOf(socket);
    await sleep(20);
    for (const room of rooms)
      io.to(within(room)).emit("room:left", { room, user });
  });
  socket.emit("welcome", { id: socket.id });
});
