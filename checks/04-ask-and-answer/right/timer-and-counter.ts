// A class for a poll, with a timer and a list of its own, and a table of handlers.
import { createServer } from "node:http";
import express from "express";
import { Server, type Socket } from "socket.io";

type Answer = (reply: Record<string, unknown>) => void;

class Poll {
  readonly #answers: unknown[] = [];
  readonly #asked: number;
  readonly #onEnd: Answer;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(others: Socket[], question: unknown, onEnd: Answer) {
    this.#asked = others.length;
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#end(), 950);
    for (const other of others) {
      other.emit(
        "poll:question",
        { question, at: Date.now() },
        (answer: unknown) => this.#add(answer),
      );
    }
    if (others.length === 0) this.#end();
  }

  #add(answer: unknown): void {
    if (this.#isOver) return;
    this.#answers.unshift(answer);
    if (this.#answers.length === this.#asked) this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const answers = this.#answers;
    const missing = this.#asked - answers.length;
    this.#onEnd({ ok: true, answers, missing, asked: this.#asked });
  }
}

const refusal = {
  ok: false,
  error: { code: "BAD_REQUEST", message: "Try again." },
};
const people = new Map<string, Socket>();
const handlers: Record<
  string,
  (socket: Socket, payload: any, answer: Answer) => void
> = {
  "time:get": (_socket, _payload, answer) =>
    answer({ ok: true, now: new Date().toISOString().replace("Z", "+00:00") }),
  "math:divide": (_socket, payload, answer) => {
    const { a, b } = payload ?? {};
    const areNumbers = [a, b].every((value) => Number.isFinite(value));
    answer(areNumbers && b !== 0 ? { ok: true, result: a / b, a, b } : refusal);
  },
  "poll:ask": (socket, payload, answer) => {
    const others = [...people.values()].filter((other) => other !== socket);
    const question = payload?.question;
    if (typeof question === "string") new Poll(others, question, answer);
    else answer(refusal);
  },
};

const app = express().get("/health", (_request, response) => {
  response.json({ ok: true });
});
const httpServer = createServer(app);
new Server(httpServer).on("connection", (socket) => {
  people.set(socket.id, socket);
  socket.on("disconnect", () => people.delete(socket.id));
  for (const [event, handle] of Object.entries(handlers))
    socket.on(event, (...args: unknown[]) => {
      const ack = args.pop();
      if (typeof ack === "function") handle(socket, args[0], (it) => ack(it));
      else handle(socket, args[0] ?? ack, () => {});
    });
  socket.emit("welcome", { id: socket.id });
});
httpServer.listen(Number(process.env.PORT));
