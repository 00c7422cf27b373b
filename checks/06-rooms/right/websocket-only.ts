// Nobody polls: WebSocket is the only transport. And one listener hears every event, whatever its name.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Server } from "socket.io";

type Answer = { ok: true; [field: string]: unknown };
type Code = "BAD_REQUEST" | "NOT_IN_ROOM";

const http = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  if (request.url === "/health") return response.end('{"ok":true}');
  if (request.url !== "/stats") return response.writeHead(404).end("{}");
  const rooms = [...io.of("/").adapter.rooms.keys()].filter(isOurs).length;
  response.end(JSON.stringify({ online: io.engine.clientsCount, rooms }));
});
const io = new Server(http, { transports: ["websocket"] });

const isOurs = (room: string) => room.startsWith("#");
const no = (code: Code) => ({ ok: false, error: { code, message: code } });

io.on("connection", (socket) => {
  const user = `guest-${socket.id.substring(0, 4)}`;
  socket.emit("welcome", { id: socket.id });
  socket.onAny((event: string, ...args: unknown[]) => {
    const last = args[args.length - 1];
    const answer = answerTo(event, Object(args[0]) as Record<string, unknown>);
    if (typeof last === "function") last(answer);
  });
  socket.on("disconnecting", () => {
    for (const room of [...socket.rooms].filter(isOurs))
      socket.to(room).emit("room:left", { room: room.slice(1), user });
  });

  function answerTo(
    event: string,
    { room, text, to }: Record<string, unknown>,
  ) {
    const isRoom = typeof room === "string" && /^[\w-]{1,32}$/.test(room);
    const inside = isRoom && socket.rooms.has(`#${room}`);
    const said = typeof text === "string" ? text.trim() : "";
    const isText = said !== "" && said.length <= 500;
    const ok = (fields: object): Answer => ({ ok: true, ...fields });
    switch (event) {
      case "room:join": {
        if (!isRoom) return no("BAD_REQUEST");
        if (!inside) {
          if ([...socket.rooms].filter(isOurs).length === 10)
            return no("BAD_REQUEST");
          void socket.join(`#${room}`);
          socket.to(`#${room}`).emit("room:joined", { room, user });
        }
        const members = io.of("/").adapter.rooms.get(`#${room}`)?.size;
        return ok({ room, members });
      }
      case "room:leave":
        if (!isRoom) return no("BAD_REQUEST");
        if (!inside) return no("NOT_IN_ROOM");
        socket.to(`#${room}`).emit("room:left", { room, user });
        void socket.leave(`#${room}`);
        return ok({ room });
      case "message:send": {
        if (!isRoom || !isText) return no("BAD_REQUEST");
        if (!inside) return no("NOT_IN_ROOM");
        const message = { id: randomUUID(), room, user, text: said };
        const at = new Date().toISOString();
        io.to(`#${room}`).emit("message:new", { ...message, at });
        return ok({ id: message.id });
      }
      case "dm:send": {
        const other = typeof to === "string" && io.of("/").sockets.get(to);
        if (!other || !isText) return no("BAD_REQUEST");
        other.emit("dm:new", { from: socket.id, text: said });
        return ok({});
      }
      default:
        return no("BAD_REQUEST");
    }
  }
});

http.listen(Number(process.env.PORT), process.env.HOST);
