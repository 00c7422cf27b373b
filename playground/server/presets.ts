import type { ClientOptions, Preset } from "../protocol.ts";

/** What a lesson's playground offers, so that nobody has to type JSON to begin. */
export interface LessonPresets {
  /** The first lesson that these belong to; they hold until another one has its own. */
  from: number;
  presets: readonly Preset[];
  /** What is special about the clients there. */
  clients?: Partial<Pick<ClientOptions, "answer" | "sendOffsets">>;
}

const BOB = "‹id of Bob›";

const health = request("/health");
const stats = request("/stats");

/** By lesson, in their order. */
const table: readonly LessonPresets[] = [
  { from: 1, presets: [health, request("/"), request("/nowhere")] },
  {
    from: 2,
    presets: [
      emit("echo", "Hello"),
      emit("echo", { nested: { list: [1, 2, 3] } }, "naïve café ☕", null),
      emit("math:add", { a: 2, b: 3 }),
      emit("no:such:event", { anybody: "there?" }),
    ],
  },
  {
    from: 3,
    presets: [
      emit("chat:say", { text: "Hello, everybody" }),
      emit("notify", { to: BOB, text: "Your tea is ready" }),
      emit("score:set", { home: 1, away: 0 }),
      stats,
    ],
  },
  {
    from: 4,
    clients: { answer: '"tea"' },
    presets: [
      ask("time:get"),
      ask("math:divide", { a: 6, b: 3 }),
      ask("math:divide", { a: 1, b: 0 }),
      ask("poll:ask", { question: "Tea or coffee?" }),
    ],
  },
  {
    from: 5,
    presets: [
      ask("message:send", { text: "  Hello, everybody  " }),
      ask("message:send", { text: { not: "a text" } }),
      ask("message:send", null),
      ask("message:send", { text: "It was Bob", user: "bob", id: "1" }),
      ask("debug:fail"),
    ],
  },
  {
    from: 6,
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Hello, room" }),
      ask("dm:send", { to: BOB, text: "Just for you" }),
      ask("room:leave", { room: "tea" }),
      stats,
    ],
  },
  {
    from: 8,
    presets: [
      ask("room:join", { room: "tea" }),
      ask("typing:start", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Hello, room" }),
      ask("room:leave", { room: "tea" }),
      stats,
    ],
  },
  {
    from: 9,
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Write this down" }),
      ask("room:leave", { room: "tea" }),
      health,
    ],
  },
  {
    from: 10,
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Hello, room" }),
      ask("history:get", { room: "tea" }),
      ask("history:get", { room: "tea", limit: 2 }),
      request("/rooms/tea/messages?limit=2"),
      health,
    ],
  },
  {
    from: 11,
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", {
        room: "tea",
        text: "Once, however often I am sent",
        clientId: "my-note-1",
      }),
      ask("message:send", { room: "tea", text: "Each time anew" }),
      ask("history:get", { room: "tea" }),
      health,
    ],
  },
  {
    from: 12,
    clients: { sendOffsets: true },
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Did you miss me?" }),
      ask("history:get", { room: "tea" }),
      health,
    ],
  },
  {
    from: 13,
    presets: [health, ask("message:send", { text: "Hello over TLS" })],
  },
  {
    from: 14,
    clients: { sendOffsets: true },
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Stored over TLS" }),
      ask("history:get", { room: "tea" }),
      health,
    ],
  },
  {
    from: 15,
    clients: { sendOffsets: true },
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", {
        room: "tea",
        text: "From one worker to the other",
      }),
      stats,
    ],
  },
  {
    from: 16,
    presets: [
      ask("room:join", { room: "tea" }),
      ask("message:send", { room: "tea", text: "Hello, Python" }),
      stats,
    ],
  },
];

/** @param number of the lesson, such as `03` */
export function presetsOf(number: string): LessonPresets {
  const own = table.findLast(({ from }) => from <= Number(number));
  return own ?? { from: 1, presets: [health] };
}

function emit(event: string, ...args: unknown[]): Preset {
  return {
    kind: "emit",
    label: event,
    event,
    args: args.map((value) => JSON.stringify(value)),
    withAck: false,
  };
}

/** Emits, and waits for the acknowledgement. */
function ask(event: string, ...args: unknown[]): Preset {
  return { ...emit(event, ...args), withAck: true } as Preset;
}

function request(path: string): Preset {
  return { kind: "request", label: `GET ${path}`, path };
}
