import type { Failure, Lesson, World } from "../kit/lesson.ts";
import { type Shape, bytes, matches } from "../kit/shape.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { Unmet } from "../kit/unmet.ts";

const lesson: Lesson = {
  name: "02-emit-and-listen",
  mistakes: [
    {
      id: "M3",
      looksLike: ({ facts }) => facts.times === 2,
      hint: "The first event was lost, and the same one sent again was answered. At that moment the listener was not there yet: is something awaited before it is registered?",
    },
    {
      id: "stringified-twice",
      looksLike: ({ facts }) => containsText(facts.value),
      hint: "Part of the answer is JSON inside a text. Socket.IO turns values into text and back by itself.",
    },
    {
      id: "only-the-payload",
      looksLike: ({ facts }) =>
        Array.isArray(facts.value) && !matches({ args: [] }, facts.value),
      hint: "The arguments themselves came back. The contract wants them in an object, under the name args.",
    },
  ],
  requirements: [
    {
      id: "echo",
      title:
        'echo "hello" is answered with echo:reply { args: ["hello"] }, to its sender alone',
      kind: "base",
      hints: [
        "Which object hears the events of a client: io, or the socket that the connection handler is given?",
        "A listener names an event and says what is to be done. What it does here is emit another event.",
        'socket.on("echo", …) listens, socket.emit("echo:reply", …) answers.',
      ],
      mistakes: [
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob"),
          hint: "Alice asked, and Bob heard the answer too. Whom an event reaches depends on the object whose emit you call.",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob"),
          hint: "Alice asked, and only Bob heard the answer. Does what you call emit on leave the sender out, or is it whoever came last?",
        },
      ],
      check: async (world) => {
        const [alice] = await world.connect("Alice", "Bob");
        await world.settle();
        alice.emit("echo", "hello");
        try {
          await world.audience("echo:reply", [alice], { args: ["hello"] });
        } catch (error) {
          throw await answeredLater(world, error);
        }
      },
    },
    {
      id: "at-once",
      title: "An event that is sent in the moment of connecting is not lost",
      kind: "base",
      hints: [
        "What happens in your connection handler before the listeners are there?",
        "Whatever is awaited takes time, and events that come meanwhile find no listener.",
        "Register every listener first, synchronously. Await afterwards.",
      ],
      mistakes: [
        {
          id: "M3",
          looksLike: () => true,
          hint: "The event came, and nobody listened yet. Is something awaited in the connection handler before the listeners are registered?",
        },
      ],
      check: async ({ client }) => {
        const alice = await client("Alice", {
          prepare: (socket) =>
            socket.on("connect", () => socket.emit("echo", "early")),
        });
        await alice.hears("echo:reply", { args: ["early"] });
      },
    },
    {
      id: "all-arguments",
      title: "echo gives back as many arguments as came: none, one or three",
      kind: "base",
      hints: [
        "How many arguments does your listener take?",
        "A listener is called with all the arguments of the event. JavaScript can collect them in an array.",
        "(...args) => { … } collects them.",
      ],
      mistakes: [
        {
          id: "first-argument-only",
          looksLike: ({ facts }) => matches({ args: [1] }, facts.value),
          hint: "Three arguments were sent, and one came back. Your listener takes the first and leaves the others.",
        },
        {
          id: "never-empty",
          looksLike: ({ facts }) =>
            matches({ args: [null] }, facts.value) ||
            matches({ args: [[]] }, facts.value),
          hint: "Nothing was sent along, and something came back. Without arguments, args is an empty array.",
        },
        {
          id: "array-in-array",
          looksLike: ({ facts }) =>
            matches({ args: [[1, "two", true]] }, facts.value),
          hint: "The arguments came back in an array inside the array: one pair of brackets too many.",
        },
      ],
      check: async (world) => {
        await echoes(world, [1, "two", true]);
        await echoes(world, []);
      },
    },
    {
      id: "any-value",
      title:
        "echo gives back nested objects, lists, null and any script unchanged",
      kind: "base",
      hints: [
        "Does your server change the values on their way?",
        "What Socket.IO gave you can be given back as it is.",
        "No JSON.stringify, no String(…), no test for what is true or false.",
      ],
      mistakes: [
        {
          id: "falsy-values-lost",
          looksLike: ({ facts }) => matches({ args: [] }, facts.value),
          hint: "null, 0, false and the empty text are values too. Something in your server treats them as nothing.",
        },
      ],
      check: async (world) => {
        await echoes(world, [
          { user: { name: "Ada", tags: ["a", ["b"]] }, since: 1843 },
        ]);
        await echoes(world, ["Grüße, 世界 👋🏽", ""]);
        await echoes(world, [null, 0, false, []]);
      },
    },
    {
      id: "binary",
      title: "echo gives back binary data byte by byte",
      kind: "base",
      hints: [
        "Binary data is sent as it is, beside the JSON. Does your server turn it into something else?",
        "A Buffer that goes through JSON is no Buffer any more.",
        "Emit the same value that the listener was given.",
      ],
      mistakes: [
        {
          id: "binary-as-json",
          looksLike: ({ facts }) =>
            JSON.stringify(facts.value)?.includes('"type":"Buffer"') ?? false,
          hint: "The bytes came back as JSON of a Buffer. Somewhere the value went through JSON.stringify and back.",
        },
      ],
      check: async (world) => {
        const data = Buffer.from([0, 1, 127, 128, 255]);
        await echoes(
          world,
          [data, { file: data }],
          [bytes(data), { file: bytes(data) }],
        );
      },
    },
    {
      id: "parallel",
      title: "Two clients that ask at the same time each hear their own answer",
      kind: "base",
      hints: [
        "Which variables do your listeners share between clients?",
        "Everything outside the connection handler is there once, for all clients together.",
        "Inside the handler, socket is the client whose event it is.",
      ],
      mistakes: [
        {
          id: "shared-socket",
          looksLike: () => true,
          hint: "The answers went to the wrong clients. A variable that all clients share changes whenever another one comes.",
        },
      ],
      check: async ({ connect }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        for (let turn = 1; turn <= 5; turn++) {
          alice.emit("echo", "Alice", turn);
          bob.emit("echo", "Bob", turn);
        }
        for (let turn = 1; turn <= 5; turn++) {
          await alice.hears("echo:reply", { args: ["Alice", turn] });
          await bob.hears("echo:reply", { args: ["Bob", turn] });
        }
      },
    },
    {
      id: "order",
      title: "200 quick events are answered in the order in which they came",
      kind: "base",
      hints: [
        "Is something awaited between the event and its answer?",
        "Events of one client arrive in order. Two handlers that wait may finish in another one.",
        "Answer at once, in the listener itself.",
      ],
      mistakes: [
        {
          id: "M41",
          looksLike: ({ facts }) => facts.value !== undefined,
          hint: "The answers overtook each other. Each listener started in order, but what it awaited took now more time, now less.",
        },
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        for (let number = 1; number <= 200; number++)
          alice.emit("echo", number);
        for (let number = 1; number <= 200; number++)
          await alice.hears("echo:reply", { args: [number] });
      },
    },
    {
      id: "add",
      title: "math:add { a, b } is answered with math:result { sum }",
      kind: "base",
      hints: [
        "This event carries one object. Its fields are numbers.",
        "A listener can take the object apart. The sum goes into an object as well.",
        'socket.on("math:add", ({ a, b }) => …) takes a and b out of the object.',
      ],
      mistakes: [
        {
          id: "sum-as-text",
          looksLike: ({ facts }) => matches({ sum: "25" }, facts.value),
          hint: 'The sum of 2 and 5 came back as "25": + joins texts and adds numbers. Somewhere the numbers became texts.',
        },
        {
          id: "bare-sum",
          looksLike: ({ facts }) => facts.value === 7,
          hint: "The number is right, but it came bare. The contract wants it in an object, under the name sum.",
        },
        {
          id: "falsy-values-lost",
          looksLike: ({ expected }) => expected.includes("sum: 0"),
          hint: "2 and 5 were added, 4 and -4 or 0 and 0 were not. 0 is a number like any other.",
        },
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        for (const [a, b, sum] of [
          [2, 5, 7],
          [-1.5, 0.25, -1.25],
          [4, -4, 0],
          [0, 0, 0],
        ]) {
          alice.emit("math:add", { a, b });
          await alice.hears("math:result", { sum: sum as number });
        }
      },
    },
    {
      id: "unknown-events",
      title: "Events that nobody knows are ignored",
      kind: "base",
      hints: [
        "Does your server do something with every event?",
        "An event without a listener does nothing: nothing needs to be written for it.",
        "Look for socket.onAny(…).",
      ],
      mistakes: [
        {
          id: "answers-everything",
          looksLike: ({ received }) => received.includes("heard"),
          hint: "Something answered an event that is not in the contract. Does a listener take any event?",
        },
      ],
      check: async ({ client, settle }) => {
        const alice = await client("Alice");
        await alice.hears("welcome", {});
        alice.emit("no:such:event", { hello: "?" });
        alice.emit("toString");
        await settle();
        const heard = alice.heard().filter(({ event }) => event !== "welcome");
        if (heard.length > 0)
          throw new Unmet("no answer", `Alice heard ${heard[0]?.event}`, {
            value: heard[0]?.args[0],
          });
      },
    },
    stillAlive,
    {
      id: "odd-payloads",
      title: "math:add without numbers, or without anything, harms nobody",
      kind: "stretch",
      hints: [
        "A client can send what it likes. Which line fails when the payload is missing?",
        "A type in the parentheses is your wish, not the client's promise.",
        "Look at what came before you use it: typeof, Number.isFinite(…).",
      ],
      mistakes: [
        {
          id: "M17",
          looksLike: ({ fault }) => fault !== null,
          hint: "One event of one client ended the server for all. What came was not an object with numbers, and the listener used it as one.",
        },
      ],
      check: async ({ client, settle }) => {
        const alice = await client("Alice");
        for (const args of [
          [],
          [null],
          ["2 + 5"],
          [{}],
          [{ a: "2", b: [5] }],
          [7],
        ])
          alice.emit("math:add", ...args);
        await settle();
        alice.emit("echo", "still there?");
        await alice.hears("echo:reply", { args: ["still there?"] });
      },
    },
    {
      id: "by-polling",
      title: "All of it works by polling too, binary data included",
      kind: "stretch",
      hints: [
        "Do your listeners ask which transport a client uses?",
        "Nothing needs to be written for it: Socket.IO hides the transport.",
        "Look at the options that Socket.IO is given.",
      ],
      check: async ({ client }) => {
        const data = Buffer.from([0, 254, 255]);
        const alice = await client("Alice", { transports: ["polling"] });
        alice.emit("echo", "slowly", data);
        await alice.hears("echo:reply", { args: ["slowly", bytes(data)] });
      },
    },
  ],
};

export default lesson;

/** Sends values, and waits for the same ones. */
async function echoes(
  { client }: World,
  args: unknown[],
  shapes = args as Shape[],
): Promise<void> {
  const alice = await client("Alice");
  alice.emit("echo", ...args);
  await alice.hears("echo:reply", { args: shapes });
}

/**
 * Looks whether an event that found no answer finds one when it is sent again: then nobody listened
 * yet the first time. Gives the error to throw.
 */
async function answeredLater(
  { clients }: World,
  error: unknown,
): Promise<unknown> {
  const [alice] = clients;
  if (
    !(error instanceof Unmet) ||
    alice === undefined ||
    alice.heard("echo:reply").length > 0
  )
    return error;
  if ((error.facts.heardBy?.length ?? 0) > 0) return error;
  alice.emit("echo", "hello");
  return alice.hears("echo:reply", {}).then(
    () =>
      new Unmet(
        error.expected,
        "no answer the first time, one the second time",
        { times: 2 },
      ),
    () => error,
  );
}

function heardBy(...names: string[]) {
  return ({ facts }: Failure) => facts.heardBy?.join() === names.join();
}

/** Whether a value, or a field of it, is JSON that is written as a text. */
function containsText(value: unknown): boolean {
  if (typeof value === "string") return /^[[{"]/.test(value);
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some(containsText)
  );
}
