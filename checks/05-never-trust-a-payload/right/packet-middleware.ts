// A middleware for each packet (socket.use) looks at every call before it reaches a listener.
// Guards are type predicates, written by hand; nothing is copied from the payload but the text.
import express from "express";
import { Server } from "socket.io";

type Ack = (reply: object) => void;
const silence: Ack = () => undefined;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  Object.prototype.toString.call(value) === "[object Object]";
const isText = (value: unknown): value is string =>
  typeof value === "string" && /\S/.test(value) && value.trim().length <= 500;
const isMessage = (value: unknown): value is { text: string } =>
  isRecord(value) && Object.hasOwn(value, "text") && isText(value.text);

const needs = new Map<string, (payload: unknown) => boolean>([
  ["message:send", isMessage],
  ["debug:fail", () => true],
]);

const web = express();
web.get("/health", (_request, response) => void response.json({ ok: true }));
const listening = web.listen(Number(process.env.PORT ?? 3000));
const io = new Server(listening, { maxHttpBufferSize: 100_000 });

const refusal = (code: string, message: string) =>
  Object.freeze({ ok: false, error: Object.freeze({ code, message }) });
const BAD_REQUEST = refusal("BAD_REQUEST", "That is not what I expected.");
const INTERNAL = refusal("INTERNAL", "That is not what anybody expected.");

let lastId = BigInt(Date.now());

io.on("connection", (socket) => {
  const { id } = socket;
  const user = `guest-${id[0]}${id[1]}${id[2]}${id[3]}`;

  // Every packet becomes [event, payload, ack], whatever came in.
  socket.use((packet, next) => {
    const [event, payload] = packet;
    const last = packet.length > 1 ? packet.at(-1) : undefined;
    const ack: Ack = typeof last === "function" ? last : silence;
    if (needs.get(event)?.(payload) === false) {
      ack(BAD_REQUEST);
      return;
    }
    packet.splice(0, packet.length, event, payload, ack);
    next();
  });

  socket.on("message:send", ({ text }: { text: string }, ack: Ack) => {
    const message = {
      id: String(++lastId),
      user,
      text: text.trim(),
      at: new Date(),
    };
    // Both ways say the same: the sender's copy goes first.
    socket.emit("message:new", message);
    socket.broadcast.emit("message:new", message);
    ack({ ok: true, id: message.id });
  });

  socket.on("debug:fail", (_payload: unknown, ack: Ack) => {
    Promise.reject(new Error(`E11000 ${Math.random()}`)).catch((error) => {
      console.error(error);
      ack(INTERNAL);
    });
  });

  socket.emit("welcome", { id });
  socket.broadcast.emit("presence:changed", { online: io.engine.clientsCount });
});
