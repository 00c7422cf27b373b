// io.except() instead of broadcast, and a callback with all the answers at once.
import { createServer } from "node:http";
import { Server, type Socket } from "socket.io";

const server = createServer((request, response) => {
  const isHealth = request.url === "/health";
  response
    .writeHead(isHealth ? 200 : 404, { "Content-Type": "application/json" })
    .end(JSON.stringify({ ok: isHealth }));
});
const io = new Server(server);

function reply(args: unknown[], value: unknown): void {
  const ack = args.at(-1) as unknown;
  if (ack instanceof Function) ack(value);
}

function refused(message: string) {
  return { ok: false, error: { code: "BAD_REQUEST", message } };
}

function onDivide(...args: unknown[]): void {
  const [payload] = args as [{ a?: unknown; b?: unknown } | null | undefined];
  const { a, b } = payload ?? {};
  if (typeof a !== "number" || typeof b !== "number" || a - a !== 0)
    return reply(args, refused("Two numbers, please."));
  const result = a / b;
  if (!Number.isFinite(result)) return reply(args, refused("Not by 0."));
  reply(args, { ok: true, result });
}

function onAsk(this: Socket, ...args: unknown[]): void {
  const others = io.of("/").sockets.size - 1;
  const question = (args[0] as { question?: unknown } | null)?.question;
  if (typeof question !== "string")
    return reply(args, refused("A question, please."));
  io.except(this.id)
    .timeout(1_000)
    .emit(
      "poll:question",
      { question },
      (_late: Error | null, answers: unknown[]) => {
        reply(args, { ok: true, missing: others - answers.length, answers });
      },
    );
}

io.on("connect", (socket) => {
  socket.on("time:get", (...args: unknown[]) => {
    setImmediate(reply, args, { ok: true, now: new Date() });
  });
  socket.on("math:divide", onDivide);
  socket.on("poll:ask", onAsk.bind(socket));
  socket.emit("welcome", { id: socket.id });
  socket.broadcast.emit("user:joined", { id: socket.id });
  socket.on("disconnect", () => io.emit("user:left", { id: socket.id }));
});

server.listen(Number(process.env.PORT), "127.0.0.1");
