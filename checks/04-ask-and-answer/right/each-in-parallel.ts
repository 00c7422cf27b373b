// Handlers return what is to be answered, fetchSockets() finds the others, and each is asked for itself.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { Server, type Socket } from "socket.io";

class Refusal extends Error {}

type Handler = (payload: Record<string, unknown>) => Promise<object> | object;

/** Registers a handler whose value, or whose refusal, is the acknowledgement. */
function answer(socket: Socket, event: string, handler: Handler): void {
  socket.on(event, async (...args: unknown[]) => {
    const ack = args.findLast((value) => typeof value === "function");
    const payload = args[0] === ack ? {} : Object(args[0]);
    try {
      const outcome = await handler(payload);
      ack?.({ ok: true, ...outcome });
    } catch (error) {
      const { message } = error as Error;
      ack?.({ error: { message, code: "BAD_REQUEST" }, ok: false });
    }
  });
}

function numberFrom(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Refusal("That is no number.");
}

const app = express();
app.get("/health", (_request, response) => void response.json({ ok: true }));
const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", async (socket) => {
  answer(socket, "time:get", () => ({ now: new Date().toJSON() }));
  answer(socket, "math:divide", ({ a, b }) => {
    const divisor = numberFrom(b);
    if (divisor === 0) throw new Refusal("That cannot be divided by 0.");
    return { result: numberFrom(a) / divisor };
  });
  answer(socket, "poll:ask", async ({ question }) => {
    if (question !== String(question)) throw new Refusal("What is asked?");
    const others = await io.except(socket.id).fetchSockets();
    const outcomes = await Promise.allSettled(
      others.map((other) =>
        other.timeout(1000).emitWithAck("poll:question", { question }),
      ),
    );
    const answers = outcomes
      .filter((outcome) => outcome.status === "fulfilled")
      .map(({ value }) => value as unknown);
    return { answers, missing: others.length - answers.length };
  });
  await sleep(50);
  socket.emit("welcome", { id: socket.id });
});

httpServer.listen(Number(process.env.PORT ?? 3000), process.env.HOST);
