// Middleware that takes its time, named functions, callbacks, and answers by the room of the socket's id.
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { Server, type Socket } from "socket.io";

function answerHealth(request: IncomingMessage, response: ServerResponse) {
  if (request.url === "/health") {
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.end('{ "ok": true, "pid": 1 }');
  } else {
    response.statusCode = 404;
    response.end();
  }
}

const server = http.createServer(answerHealth);
const io = new Server(server, { maxHttpBufferSize: 1e5 });

io.use((_socket, next) => setTimeout(next, 10));

function onEcho(this: Socket, ...values: unknown[]) {
  setImmediate(() => {
    io.in(this.id).emit("echo:reply", { args: [...values] });
  });
}

function onAdd(this: Socket, { a, b }: { a?: unknown; b?: unknown } = {}) {
  const sum = Number(a) + Number(b);
  process.nextTick(() => this.emit("math:result", { sum }));
}

function guarded(
  this: Socket,
  [event, ...args]: unknown[],
  next: (error?: Error) => void,
) {
  const isOdd = event === "math:add" && Object(args[0]) !== args[0];
  if (!isOdd) next();
}

io.on("connection", (socket) => {
  socket.use(guarded.bind(socket));
  socket
    .on("echo", onEcho.bind(socket))
    .on("math:add", onAdd.bind(socket))
    .on("disconnect", (reason) => console.log(socket.id, reason));
  setTimeout(() => socket.emit("welcome", { id: socket.id }), 5);
});

server.listen(process.env.PORT, () => console.log("listening"));
