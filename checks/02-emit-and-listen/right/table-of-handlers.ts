// A class, a table of handlers behind onAny, and more than is asked for: events and fields of its own.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server, type Socket } from "socket.io";

type Handler = (args: unknown[]) => Record<string, unknown> | undefined;

class Client {
  readonly #socket: Socket;
  readonly #handlers = new Map<string, [reply: string, Handler]>([
    ["echo", ["echo:reply", (args) => ({ args, count: args.length })]],
    ["math:add", ["math:result", ([numbers]) => this.#add(numbers)]],
  ]);
  #answered = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.onAny((event: string, ...args: unknown[]) => {
      const [reply, handler] = this.#handlers.get(event) ?? [];
      const answer = handler?.(args);
      if (reply !== undefined && answer !== undefined)
        socket.emit(reply, { ...answer, number: ++this.#answered });
    });
  }

  #add(numbers: unknown) {
    if (typeof numbers !== "object" || numbers === null) return;
    const { a, b } = numbers as { a?: unknown; b?: unknown };
    if (typeof a !== "number" || typeof b !== "number") return;
    return { sum: a + b, of: [a, b] };
  }

  greet(): void {
    const { id } = this.#socket;
    this.#socket.emit("welcome", { id, version: "1.0" }, "and a good day");
    this.#socket.emit("motd", "All is well.");
    this.#socket.broadcast.emit("visitor", id);
  }
}

const app = express();
app.get("/health", (_request, response) => void response.json({ ok: true }));
const httpServer = createServer(app);
const io = new Server({ cors: { origin: "*" } });
io.of("/").on("connection", async (socket) => {
  const client = new Client(socket);
  // Every handler is there already, so nothing is lost meanwhile.
  await sleep(50);
  client.greet();
  socket.on("disconnect", () => io.emit("visitor:gone", socket.id));
});
setInterval(() => io.emit("clock", Date.now()), 15);

io.attach(httpServer);
httpServer.listen(Number(process.env.PORT) || 3000, () => io.emit("open"));
