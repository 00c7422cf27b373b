// Everything takes its time: each call waits in a queue of its client, and is checked, stored and
// told after something awaited. The process has a last resort of its own, which only writes down.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Server, type Socket } from "socket.io";

type Reply = { ok: true; id?: string } | { ok: false; error: Failure };
interface Failure {
  code: "BAD_REQUEST" | "INTERNAL";
  message: string;
}

const server = createServer((request, response) => {
  const isHealth = request.url === "/health";
  response.writeHead(isHealth ? 200 : 404, {
    "content-type": "application/json",
  });
  response.end(JSON.stringify({ ok: isHealth }));
});
const io = new Server(server, { maxHttpBufferSize: 100_000 });

process.on("uncaughtExceptionMonitor", (error) =>
  console.error("fatal", error),
);
process.on("unhandledRejection", (reason) => console.error("lost", reason));

class BadRequest extends Error {}

async function assertText(payload: unknown): Promise<string> {
  await sleep(5);
  if (payload === null || typeof payload !== "object" || !("text" in payload))
    throw new BadRequest("a text is missing");
  const { text } = payload;
  if (typeof text !== "string") throw new BadRequest("text is no text");
  const trimmed = text.trim();
  if (trimmed === "") throw new BadRequest("text is empty");
  if (trimmed.length > 500) throw new BadRequest("text is too long");
  return trimmed;
}

const stored: string[] = [];

class Guest {
  readonly #socket: Socket;
  readonly #name: string;
  #queue: Promise<void> = Promise.resolve();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#name = ["guest", socket.id.slice(0, 4)].join("-");
    this.#takes("message:send", (payload) => this.#message(payload));
    this.#takes("debug:fail", () => this.#fail());
    void sleep(3).then(() => socket.emit("welcome", { id: socket.id }));
  }

  #takes(event: string, work: (payload: unknown) => Promise<Reply>): void {
    this.#socket.on(event, (...args: unknown[]) => {
      this.#queue = this.#queue.then(async () => {
        const reply = await work(args[0]).catch(toReply);
        await sleep(2);
        const ack = args.pop();
        if (typeof ack === "function") ack(reply);
      });
    });
  }

  async #message(payload: unknown): Promise<Reply> {
    const text = await assertText(payload);
    const at = new Date().toISOString();
    const id = `m${stored.push(text)}`;
    await sleep(8);
    io.emit("message:new", { id, user: this.#name, text, at });
    return { ok: true, id };
  }

  async #fail(): Promise<Reply> {
    await sleep(10);
    throw new Error(`call ${Date.now()} failed in /srv/app/database.ts:12`);
  }
}

function toReply(error: unknown): Reply {
  if (error instanceof BadRequest) {
    const { message } = error;
    return { ok: false, error: { code: "BAD_REQUEST", message } };
  }
  console.error(error);
  return { ok: false, error: { code: "INTERNAL", message: "Sorry." } };
}

io.on("connection", (socket) => new Guest(socket));
server.listen(Number(process.env.PORT), "127.0.0.1");
