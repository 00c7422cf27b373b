import type { Client, Heard } from "../kit/client.ts";
import type { Lesson, World } from "../kit/lesson.ts";
import { heardBy } from "../kit/recognise.ts";
import { PATIENCE, pass } from "../kit/patience.ts";
import { type Shape, anything, bytes, matches } from "../kit/shape.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { Unmet } from "../kit/unmet.ts";

const THREE = [1, "two", true];
/** What came of a math:add that was not answered at first. */
const THE_SECOND_TIME = "she heard it only the second time";
const AFTER_AN_ECHO = "she heard it only after an echo";
const SCRIPTS = "Grüße, 世界 👋🏽";

const lesson: Lesson = {
  name: "02-emit-and-listen",
  keeps: ["01-one-server"],
  mistakes: [
    {
      id: "stringified-twice",
      looksLike: ({ facts }) => containsJson(facts.value),
      hint: "Part of the answer is JSON inside a text. Socket.IO turns values into text and back by itself.",
    },
    {
      id: "values-as-text",
      looksLike: ({ facts }) =>
        matches({ args: THREE.map(String) }, facts.value),
      hint: "1 and true were sent, and texts came back. Give back what came, not how it looks when printed.",
    },
  ],
  requirements: [
    {
      id: "echo",
      title: 'echo "hello" comes back as echo:reply, to its sender alone',
      kind: "base",
      hints: [
        "Which object hears the events of a client: io, or the socket that the connection handler is given?",
        "A listener names an event and says what is to be done. What it does here is emit another event: what it returns goes nowhere.",
        'socket.on("echo", …) listens, socket.emit("echo:reply", …) answers.',
      ],
      mistakes: [
        {
          id: "M6",
          looksLike: ({ facts }) =>
            facts.heardBy?.join() === "Alice" && facts.times === 2,
          hint: "Alice asked once and was answered twice. Is her connection handled twice, or the listener registered twice?",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol"),
          hint: "Alice asked, and everyone heard the answer. Whom an event reaches depends on the object whose emit you call.",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob", "Carol"),
          hint: "Alice asked, and everyone but Alice heard the answer. What you call emit on leaves the sender out.",
        },
        {
          id: "last-socket",
          looksLike: heardBy("Carol"),
          hint: "Alice asked, and Carol, who came last, heard the answer. Is the socket kept in a variable that the next one overwrites?",
        },
        {
          id: "other-event",
          looksLike: ({ received }) => received.includes("under the name"),
          hint: "An answer came, but as another event. Compare the names letter by letter: a client listens to one of them only.",
        },
        {
          id: "M13",
          looksLike: ({ fault, received }) =>
            fault !== null && received.includes("is not a function"),
          hint: "Your server called something that is no function. A client that sends echo waits for an event, and sends no function along.",
        },
        {
          id: "bare-list",
          looksLike: ({ facts }) => Array.isArray(facts.value),
          hint: "A bare list came back. The contract wants it inside an object, under the name args.",
        },
        {
          id: "bare-value",
          looksLike: ({ facts }) => facts.value === "hello",
          hint: "The text itself came back. The contract wants an object, and in it a list under the name args.",
        },
        {
          id: "array-in-array",
          looksLike: ({ facts }) => matches({ args: [["hello"]] }, facts.value),
          hint: "The text came back in a list inside the list: one pair of brackets too many.",
        },
        {
          id: "args-is-no-list",
          looksLike: ({ facts }) =>
            matches({ args: anything }, facts.value) &&
            !Array.isArray(facts.value.args),
          hint: "args is there, but it is not an array. Even a single argument comes in one.",
        },
      ],
      check: async (world) => {
        const [alice] = await world.connect("Alice", "Bob", "Carol");
        const ask = () => alice.emit("echo", "hello");
        // Twice, because one that comes before there are listeners is the next requirement's matter.
        if (
          !(await world.isHeard("echo:reply", ask, HALF)) &&
          !(await world.isHeard("echo:reply", ask, HALF))
        )
          throw new Unmet(
            "Alice hears echo:reply { args: ['hello'] }",
            whatCameInstead(world, "hello") ?? "nobody heard it",
          );
        await world.audience("echo:reply", [alice], { args: ["hello"] });
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
          looksLike: ({ facts }) => facts.times === 2,
          hint: "The first event was lost, a later one was answered. At first nobody listened yet: is something awaited in the connection handler before the listeners are registered?",
        },
      ],
      check: async (world) => {
        // More than once: on a busy machine a client may be slow enough to find a late listener.
        for (let visit = 1; visit <= 3; visit++) await asksAtOnce(world);
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
          looksLike: ({ facts }) =>
            matches({ args: THREE.slice(0, 1) }, facts.value) ||
            matches({ args: THREE.slice(0, 2) }, facts.value),
          hint: "Three arguments were sent, and fewer came back. Your listener takes the first and leaves the others.",
        },
        {
          id: "never-empty",
          looksLike: ({ expected, facts }) =>
            expected.includes("args: []") && facts.value !== undefined,
          hint: "Nothing was sent along, and something came back. Without arguments, args is an empty array.",
        },
        {
          id: "silent-when-empty",
          looksLike: ({ expected, fault }) =>
            expected.includes("args: []") && fault === null,
          hint: "An echo without arguments was not answered. Nothing is a case like any other, with an empty list as its answer.",
        },
      ],
      check: async (world) => {
        await echoes(world, THREE);
        await echoes(world, []);
      },
    },
    {
      id: "any-value",
      title: "echo gives back objects, lists, null and any script unchanged",
      kind: "base",
      hints: [
        "Does your server change the values on their way?",
        "What Socket.IO gave you can be given back as it is.",
        "No JSON.stringify, no String(…), no test for what is true or false.",
      ],
      mistakes: [
        {
          id: "falsy-values-dropped",
          looksLike: ({ facts }) =>
            matches({ args: [SCRIPTS] }, facts.value) ||
            matches({ args: [[]] }, facts.value),
          hint: "null, 0, false and the empty text are values too. Something in your server drops them.",
        },
        {
          id: "null-replaced",
          looksLike: ({ facts }) =>
            matches({ args: [anything, 0, false, []] }, facts.value),
          hint: "null was sent, and something else came back in its place. It may mean nothing, but it is a value.",
        },
      ],
      check: async (world) => {
        await echoes(world, [
          { user: { name: "Ada", tags: ["a", ["b"]] }, since: 1843 },
        ]);
        await echoes(world, [SCRIPTS, ""]);
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
            matches({ type: "Buffer" }, firstEchoed(facts.value)),
          hint: "The bytes came back as JSON of a Buffer. Somewhere the value went through JSON.stringify and back.",
        },
        {
          id: "binary-as-text",
          looksLike: ({ facts }) =>
            typeof firstEchoed(facts.value) === "string",
          hint: "Bytes were sent, and a text came back. Not every row of bytes is a text, so some of them are lost on the way.",
        },
        {
          id: "binary-as-numbers",
          looksLike: ({ facts }) => Array.isArray(firstEchoed(facts.value)),
          hint: "Bytes were sent, and numbers came back. Something unpacks the Buffer: a spread, a loop or Array.from.",
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
          id: "M5",
          looksLike: ({ expected, facts }) =>
            matches({ args: [anything, anything] }, facts.value) &&
            expected.startsWith(String(facts.value.args[0])),
          hint: "The more often a client asks, the more answers it gets. Is a listener registered inside another one?",
        },
        {
          id: "shared-variable",
          looksLike: ({ received }) => received.endsWith("heard the other's"),
          hint: "Alice and Bob asked at the same time, and the answers got mixed up. A variable that both share belongs to whoever wrote it last.",
        },
      ],
      check: async ({ connect }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        for (let turn = 1; turn <= 3; turn++) {
          alice.emit("echo", "Alice", turn);
          bob.emit("echo", "Bob", turn);
          const answers = await Promise.allSettled([
            alice.hears("echo:reply", { args: ["Alice", turn] }),
            bob.hears("echo:reply", { args: ["Bob", turn] }),
          ]);
          for (const client of [alice, bob])
            if (client.heard("echo:reply").some(isNotFor(client)))
              throw new Unmet(
                "Alice and Bob each hear their own answer",
                `${client.name} heard the other's`,
              );
          for (const answer of answers)
            if (answer.status === "rejected") throw answer.reason;
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
        {
          id: "some-unanswered",
          looksLike: ({ received }) => received.endsWith("and no more"),
          hint: "Some of the quick events were not answered. Does a listener turn events away while it is busy with another one?",
        },
      ],
      check: async ({ client, server }) => {
        const alice = await client("Alice");
        const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
        for (const number of numbers) alice.emit("echo", number);
        try {
          for (const number of numbers)
            await alice.hears("echo:reply", { args: [number] });
        } catch (error) {
          if (!(error instanceof Unmet)) throw error;
          await pass(HALF, server);
          const { length } = alice.heard("echo:reply");
          throw length < numbers.length
            ? new Unmet("200 answers", `${length}, and no more`)
            : error;
        }
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
          id: "M7",
          looksLike: heardBy("Alice", "Bob", "Carol"),
          hint: "Alice wanted to know a sum, and everyone was told. It is her answer, as with echo.",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob", "Carol"),
          hint: "Alice wanted to know a sum, and all the others were told, but she was not.",
        },
        {
          id: "M3",
          looksLike: ({ received }) => received === THE_SECOND_TIME,
          hint: "The first math:add was lost, the same one sent again was answered. Is its listener registered only after something awaited?",
        },
        {
          id: "M5",
          looksLike: ({ received }) => received === AFTER_AN_ECHO,
          hint: "math:add was answered only after an echo. Look at the brackets: is one listener registered inside the other?",
        },
        {
          id: "two-arguments-expected",
          looksLike: ({ facts }) => matches({ sum: null }, facts.value),
          hint: "sum came as null: that is what becomes of NaN on the way. a and b are not two arguments, but two fields of one.",
        },
        {
          id: "texts-joined",
          looksLike: ({ facts }) => matches({ sum: "25" }, facts.value),
          hint: 'The sum of 2 and 5 came back as "25": + joins texts and adds numbers. Somewhere the numbers became texts.',
        },
        {
          id: "sum-as-text",
          looksLike: ({ facts }) => matches({ sum: "7" }, facts.value),
          hint: 'sum is "7", a text. A number needs no wrapping to be sent.',
        },
        {
          id: "bare-sum",
          looksLike: ({ facts }) => facts.value === 7,
          hint: "The number is right, but it came bare. The contract wants it in an object, under the name sum.",
        },
        {
          id: "other-field",
          looksLike: ({ facts }) =>
            matches({}, facts.value) && !("sum" in facts.value),
          hint: "An object came, and it has no field sum. Names of fields belong to the contract, as names of events do.",
        },
        {
          id: "whole-numbers-only",
          looksLike: ({ expected, facts }) =>
            expected.includes("sum: -1.25") && facts.value !== undefined,
          hint: "Whole numbers are added, -1.5 and 0.25 are not. Something cuts off what is behind the point.",
        },
        {
          id: "zero-unanswered",
          looksLike: ({ expected, fault }) =>
            expected.includes("sum: 0") && fault === null,
          hint: "2 and 5 were added; where a 0 came in there was no answer. 0 is a number like any other.",
        },
      ],
      check: async (world) => {
        await world.connect("Bob", "Carol");
        const alice = await world.client("Alice");
        const add = () => alice.emit("math:add", { a: 2, b: 5 });
        if (!(await world.isHeard("math:result", add, HALF)))
          throw new Unmet(
            "Alice hears math:result { sum: 7 }",
            await whenIsAddHeard(world, alice, add),
          );
        await world.audience("math:result", [alice], { sum: 7 });
        for (const [a, b, sum] of [
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
          id: "unknown-event-ends-it",
          looksLike: ({ fault }) => fault !== null,
          hint: "An event that is not in the contract ended the server. Does something look every event up, and expect to find it?",
        },
        {
          id: "throws-out",
          looksLike: ({ received }) => received.includes("no longer connected"),
          hint: "Alice sent an event that is not in the contract, and was thrown out. To ignore an event means to do nothing.",
        },
        {
          id: "answers-everything",
          looksLike: ({ received }) => received.startsWith("Alice heard"),
          hint: "Something answered an event that is not in the contract. Does a listener take any event?",
        },
      ],
      check: async ({ connect, server, settle }) => {
        const [bob, alice] = await connect("Bob", "Alice");
        await settle();
        const before = alice.heard().length;
        alice.emit("no:such:event", { hello: "?" });
        alice.emit("toString");
        await settle();
        // A server may have news of its own, such as who has come. What Bob hears too, of whomever,
        // is no answer to Alice.
        const isForAliceAlone = ({ event }: Heard) =>
          bob.heard(event).length === 0;
        if (alice.heard().slice(before).some(isForAliceAlone))
          await pass(HALF, server); // he may hear it later
        const answer = alice.heard().slice(before).find(isForAliceAlone);
        if (answer !== undefined)
          throw new Unmet("no answer", `Alice heard ${answer.event}`);
        alice.emit("echo", "still there?");
        await alice.hears("echo:reply", { args: ["still there?"] });
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
          looksLike: ({ fault, received }) =>
            fault !== null && /TypeError/.test(received),
          hint: "One event of one client ended the server for all. What came was not an object with numbers, and the listener used it as one.",
        },
        {
          id: "thrown",
          looksLike: ({ fault }) => fault !== null,
          hint: "The listener noticed that something was wrong, and threw. Nobody catches that, so it ends the server.",
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
          [{ a: null, b: {} }],
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
      mistakes: [
        {
          id: "polling-refused",
          looksLike: ({ received }) => received.startsWith("no connection"),
          hint: "A client that can only poll is not let in. Which transports does your server offer?",
        },
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

/** Half of the usual patience: so much is left to send the same once more. */
const HALF = PATIENCE / 2;

/** Looks for an answer that has the text in it, and another name. */
function whatCameInstead({ clients }: World, text: string): string | undefined {
  const other = clients
    .flatMap((client) => client.heard())
    .find(({ args }) => JSON.stringify(args).includes(text));
  return other && `an answer came under the name ${other.event}`;
}

/**
 * Connects a client that asks in the moment of connecting. If that finds no answer and a later
 * question does, nobody listened yet.
 */
async function asksAtOnce(world: World): Promise<void> {
  const alice = await world.client("Alice", {
    prepare: (socket) =>
      socket.on("connect", () => {
        world.timeline.add({
          lane: "Alice",
          kind: "emit",
          text: "sent echo 'early' in the moment of connecting",
          event: "echo",
        });
        socket.emit("echo", "early");
      }),
  });
  try {
    await alice.hears("echo:reply", { args: ["early"] }, HALF);
  } catch (error) {
    if (!(error instanceof Unmet) || error.facts.value !== undefined)
      throw error;
    const ask = () => alice.emit("echo", "later");
    if (!(await world.isHeard("echo:reply", ask, HALF))) throw error;
    const [answer] = alice.heard("echo:reply");
    // Slow, but not lost.
    if (matches({ args: ["early"] }, answer?.args[0])) return;
    throw new Unmet(
      "Alice hears echo:reply { args: ['early'] }",
      "no answer to the early one, one to the later one",
      { times: 2 },
    );
  }
}

/** Looks what it takes that math:add is answered. */
async function whenIsAddHeard(
  world: World,
  alice: Client,
  add: () => void,
): Promise<string> {
  if (await world.isHeard("math:result", add, HALF)) return THE_SECOND_TIME;
  alice.emit("echo", "and now?");
  return (await world.isHeard("math:result", add, HALF / 2))
    ? AFTER_AN_ECHO
    : "nobody heard it";
}

/** Whether a value, or a field of it, is JSON that is written as a text. */
function containsJson(value: unknown): boolean {
  if (typeof value === "string") return /^[[{"]/.test(value);
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some(containsJson)
  );
}

/** Whether an echo has somebody else's name in it. */
function isNotFor({ name }: Client) {
  return ({ args }: Heard) =>
    matches({ args: [anything, anything] }, args[0]) &&
    args[0].args[0] !== name;
}

/** What the first of two echoed values has become. */
function firstEchoed(value: unknown): unknown {
  return matches({ args: [anything, anything] }, value)
    ? value.args[0]
    : undefined;
}
