// Plain JavaScript and callbacks. Rooms have "#" in front, and every socket has a mailbox with "@".
// Who is in a room is asked of io.in(…).fetchSockets() and of the adapter's events.
import http from "node:http";
import express from "express";
import { Server } from "socket.io";

const web = express();
const server = http.createServer(web);
const io = new Server(server, { maxHttpBufferSize: 1e5 });

const open = new Set();
io.of("/").adapter.on("create-room", (name) => open.add(name));
io.of("/").adapter.on("delete-room", (name) => open.delete(name));

web.get("/health", (req, res) => res.json({ ok: true }));
web.get("/stats", function (req, res) {
  io.fetchSockets().then(function (sockets) {
    const rooms = Array.from(open).filter((name) => name[0] === "#");
    res.json({ online: sockets.length, rooms: rooms.length });
  }, res.json);
});

const letters =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
const rules = {
  room: (value) =>
    value.length >= 1 &&
    value.length <= 32 &&
    [...value].every((letter) => letters.includes(letter)),
  text: (value) => value.trim().length > 0 && value.trim().length <= 500,
  to: (value) => io.of("/").sockets.has(value),
};

const handlers = {
  "room:join": [["room"], join],
  "room:leave": [["room"], leave],
  "message:send": [["room", "text"], send],
  "dm:send": [["to", "text"], direct],
};

io.on("connection", function (socket) {
  socket.data.user = "guest-" + socket.id.slice(0, 4);
  socket.join("@" + socket.id);
  for (const [event, [fields, handler]] of Object.entries(handlers))
    socket.on(event, function (payload, ...rest) {
      const ack = rest.length ? rest[rest.length - 1] : payload;
      const answer = typeof ack === "function" ? ack : () => {};
      const bad = fields.find(function (field) {
        const value = payload && payload[field];
        return typeof value !== "string" || !rules[field](value);
      });
      if (bad) refuse(answer, "BAD_REQUEST", "Look at " + bad);
      else handler(socket, payload, answer);
    });
  socket.on("disconnecting", function () {
    socket.rooms.forEach(function (name) {
      if (name.charAt(0) === "#") told(socket, "room:left", name);
    });
  });
  socket.emit("welcome", { id: socket.id });
});

function refuse(answer, code, message) {
  answer({ ok: false, error: { code, message, when: Date.now() } });
}

function told(socket, event, name) {
  const news = { room: name.slice(1), user: socket.data.user };
  socket.broadcast.to(name).emit(event, news);
}

function join(socket, { room }, answer) {
  const name = "#" + room;
  const isNew = !socket.rooms.has(name);
  const mine = [...socket.rooms].filter((other) => other.startsWith("#"));
  if (isNew && mine.length > 9)
    return refuse(answer, "BAD_REQUEST", "Ten are enough");
  socket.join(name);
  if (isNew) told(socket, "room:joined", name);
  io.in(name)
    .fetchSockets()
    .then((sockets) => answer({ ok: true, room, members: sockets.length }));
}

function leave(socket, { room }, answer) {
  const name = "#" + room;
  if (!socket.rooms.has(name)) return refuse(answer, "NOT_IN_ROOM", "Not in");
  told(socket, "room:left", name);
  socket.leave(name);
  answer({ ok: true, room, left: true });
}

let number = Date.now() * 1000;
function send(socket, { room, text }, answer) {
  if (!socket.rooms.has("#" + room))
    return refuse(answer, "NOT_IN_ROOM", "Join first");
  const message = {
    id: String(++number),
    room,
    user: socket.data.user,
    text: text.trim(),
    at: new Date().toISOString(),
    sender: socket.id,
  };
  // In two steps, and all the same once for each.
  socket.to("#" + room).emit("message:new", message);
  socket.emit("message:new", message);
  answer({ ok: true, id: message.id });
}

function direct(socket, { to, text }, answer) {
  io.to("@" + to).emit("dm:new", { from: socket.id, text: text.trim() });
  answer({ ok: true });
}

server.listen(process.env.PORT);
