import { join } from "node:path";
import hello from "../01-one-server/check.ts";
import rooms from "../06-rooms/check.ts";
import type { Lesson, Mistake, Requirement, World } from "../kit/lesson.ts";
import type { LearnersModule, Outcome } from "../kit/learners-module.ts";
import { patientlyTry } from "../kit/patience.ts";
import { type Shape, describeShape, matches } from "../kit/shape.ts";
import { root } from "../kit/repository.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { show } from "../kit/show.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import { inPython } from "./in-python.ts";

const CLIENT = "client.ts";
/** The kitchen is given; the check starts its own copy, so that a changed one harms nobody. */
const KITCHEN = join(
  root,
  "checks",
  "16-python-on-the-other-side",
  "starter",
  "kitchen.py",
);
const TABLE = 7;

/** run() may take a second for the soup, and what the connection takes. */
const PATIENCE_FOR_RUN = 3_500;

/** What the kitchen says on its console when it is asked for soup. */
const BURNT = "the soup is burnt";
const SOUP_ORDERED = "the kitchen is asked for soup";

const PENDING = "the promise stays pending";
const GOES_ON = "something of it goes on";

const report = {
  sat: { ok: true, table: TABLE },
  cake: [true, `cake for table ${TABLE}`],
  heard: { table: TABLE, dish: "cake" },
} satisfies Record<string, Shape>;

/** Recognises what one field of the report is instead. */
const fieldIs =
  (field: string, test: (value: unknown) => boolean): Mistake["looksLike"] =>
  ({ expected, facts }) =>
    expected.includes(` ${field} is `) && test(facts.value);

const clientRequirements: readonly Requirement[] = [
  {
    id: "run",
    title: "client.ts: run(url) sits down at the kitchen, and orders cake",
    kind: "base",
    file: CLIENT,
    hints: [
      "The kitchen is a server in Python, and kitchen.py says all that it does. What does a client of yours send to it?",
      "It is the client that you know: io, emit, on. What the kitchen's functions take are the arguments, and what they return is the acknowledgement.",
      "emitWithAck gives the first argument of an acknowledgement. A callback as the last argument of emit gets all of them.",
    ],
    mistakes: [
      {
        id: "not-exported",
        looksLike: ({ expected }) => expected.startsWith("client.ts exports"),
        hint: "client.ts does not give away a function called run.",
      },
      {
        id: "websocket-only",
        looksLike: ({ received }) =>
          /^it rejected.*websocket error/.test(received),
        hint: "The kitchen runs in threads, and may have no websockets. Socket.IO finds another way if it is let: which ways did you leave to it?",
      },
      {
        id: "waits-for-something",
        looksLike: ({ received }) => received === PENDING,
        hint: "run never comes to an end. It waits for something that does not come, or has come before anybody listened; kitchen.py shows which answers there are. How long would you wait at a table?",
      },
      {
        id: "not-kept",
        looksLike: ({ received }) => received.startsWith("it rejected"),
        hint: "run broke its promise. Something failed on the way that belongs to an evening in this kitchen: what should be told of it?",
      },
      {
        id: "first-argument-only",
        looksLike: fieldIs("cake", (value) => value === true),
        hint: "Only the first half of the answer is there. The kitchen returns two values, and they come as two arguments.",
      },
      {
        id: "news-missed",
        looksLike: fieldIs("heard", (value) => value == null),
        hint: "Everyone at the table was told of the cake, and run did not hear it. When does it begin to listen, and does it sit at that table by then?",
      },
    ],
    check: async (world) => {
      const { value } = await eveningOf(world);
      for (const [field, shape] of Object.entries(report))
        assertField(value, field, shape);
    },
  },
  {
    id: "no-answer",
    title: "client.ts: soup is null, as no answer comes within a second",
    kind: "base",
    file: CLIENT,
    hints: [
      "The kitchen's function fails for soup. What does a client hear of that?",
      "In Python a failed handler ends nothing but itself: no answer comes, and the server goes on. So the client decides how long it waits.",
      "socket.timeout(1_000).emitWithAck(…) rejects when no answer has come.",
    ],
    mistakes: [
      {
        id: "soup-not-ordered",
        looksLike: ({ expected }) => expected === SOUP_ORDERED,
        hint: "The report says that no answer came, and the kitchen was never asked for soup: it would have complained on its console. What does run send, word for word?",
      },
      {
        id: "words-for-nothing",
        looksLike: fieldIs("soup", (value) => value !== undefined),
        hint: "Something stands there for the soup, and the kitchen said nothing. No answer is null in the report.",
      },
      {
        id: "soup-left-out",
        looksLike: fieldIs("soup", (value) => value === undefined),
        hint: "The report says nothing of the soup. null is a value too, and JSON knows it; undefined is left out.",
      },
    ],
    check: async (world) => {
      const { value, isSoupOrdered } = await eveningOf(world);
      assertField(value, "soup", null);
      if (!isSoupOrdered) throw new Unmet(SOUP_ORDERED, "it was not");
    },
  },
];

const leaves: Requirement = {
  id: "leaves",
  title: "client.ts: after run nothing of it goes on",
  kind: "stretch",
  file: CLIENT,
  hints: [
    "run has given its report. What is its socket doing now?",
    "A socket that nobody disconnects stays, and the program with it.",
    "finally { socket.disconnect() } is for both ends of an evening.",
  ],
  mistakes: [
    {
      id: "stays-connected",
      looksLike: ({ received }) => received === GOES_ON,
      hint: "The report was given, and the program that called run does not end: who leaves the table?",
    },
  ],
  check: async (world) => {
    const { module } = await runAtTheKitchen(world);
    if (!(await module.endsByItself()))
      throw new Unmet("a program that has called run can end", GOES_ON);
  },
};

const HANDS = "👋".repeat(250);
/** What is left of a hand where a text was cut in two. */
const HALF_A_HAND = "👋".slice(0, 1);
const HALF_TAKEN = "half a waving hand is taken: ";

const length: Requirement = {
  id: "length",
  title: "server.py: 250 waving hands are 500 characters, as in JavaScript",
  kind: "stretch",
  hints: [
    "The contract measures as JavaScript does. What does len() say of a waving hand?",
    "JavaScript counts what UTF-16 writes: two units for a waving hand. Python counts it as one.",
    'text.encode("utf-16-le") has two bytes for each unit.',
  ],
  mistakes: [
    {
      id: "half-a-hand",
      looksLike: ({ expected }) => expected.startsWith(HALF_TAKEN),
      hint: "Half a waving hand was not taken. A page that cuts a text to its length may cut a character in two, and JavaScript counts such a half as one. What does your server do with it when it counts?",
    },
    {
      id: "counted-in-python",
      looksLike: ({ facts }) => matches({ ok: true }, facts.value),
      hint: "251 waving hands were taken. Python counts 251, and a client in JavaScript 502: whoever writes the page would be told another limit than the server's.",
    },
    {
      id: "bytes-counted",
      looksLike: ({ facts }) => matches({ ok: false }, facts.value),
      hint: "250 waving hands were refused. In UTF-8 they are 1000 bytes, and that is not what the contract counts.",
    },
  ],
  check: async ({ client }) => {
    const alice = await client("Alice");
    const room = "hands";
    await alice.ask("room:join", [{ room }], { ok: true });
    const taken = { ok: true };
    await alice.ask("message:send", [{ room, text: HANDS }], taken);
    const refused = { ok: false, error: { code: "BAD_REQUEST" } };
    await alice.ask("message:send", [{ room, text: `${HANDS}👋` }], refused);
    const half = [{ room, text: HALF_A_HAND }];
    await inWords(HALF_TAKEN, alice.ask("message:send", half, taken));
  },
};

const lesson: Lesson = {
  name: "16-python-on-the-other-side",
  files: [CLIENT],
  buildsOn: null,
  // Without a package more, Flask-SocketIO in threads has no websockets.
  needs: { transports: ["polling"] },
  mistakes: [
    {
      id: "nothing-returned",
      looksLike: ({ received }) =>
        received === "one without arguments" ||
        received.startsWith("no acknowledgement"),
      hint: "No answer came, or an empty one. In Python what a handler returns is the acknowledgement, and a function without return gives none. Is there a handler of that name?",
    },
  ],
  requirements: [
    ...clientRequirements,
    ...hello.requirements.filter(({ id }) => id === "welcome").map(inPython),
    ...rooms.requirements.map(inPython),
    length,
    leaves,
  ],
};
export default lesson;

/** What came of a call of the learner's run. */
interface Evening {
  module: LearnersModule;
  /** The report. */
  value: unknown;
  isSoupOrdered: boolean;
}

/** An evening takes more than a second, and two requirements look at one. */
const evenings = new WeakMap<ServerProcess, Promise<Evening>>();

function eveningOf(world: World): Promise<Evening> {
  const known = evenings.get(world.server);
  if (known !== undefined) return known;
  const evening = runAtTheKitchen(world);
  evenings.set(world.server, evening);
  evening.catch(() => evenings.delete(world.server));
  return evening;
}

/** Starts a kitchen of the check's own, and calls the learner's run there. */
async function runAtTheKitchen(world: World): Promise<Evening> {
  const module = await world.load(CLIENT);
  if (!module.names.includes("run"))
    throw new Unmet(
      "client.ts exports run",
      `it exports ${module.names.join(", ") || "nothing"}`,
    );
  const kitchen = await world.another({ entry: KITCHEN });
  const text = "called run with the address of a kitchen";
  world.timeline.add({ lane: "program", kind: "run", text });
  const outcome = await module.call("run", [kitchen.server.url], {
    patience: PATIENCE_FOR_RUN,
  });
  const value = assertReport(outcome);
  return { module, value, isSoupOrdered: await hasComplained(kitchen) };
}

/** Whether the kitchen has said that the soup is burnt: its console may come a little later. */
async function hasComplained({ server }: World): Promise<boolean> {
  try {
    await patientlyTry(server, async () => {
      if (!server.output.last().some((line) => line.includes(BURNT)))
        throw new Unmet(SOUP_ORDERED, "it was not");
    });
    return true;
  } catch (error) {
    if (error instanceof Unmet) return false;
    throw error;
  }
}

function assertReport(outcome: Outcome): unknown {
  const expected = "run gives its report";
  if (outcome.how === "pending") throw new Unmet(expected, PENDING);
  if ("error" in outcome)
    throw new Unmet(expected, `it rejected: ${outcome.error.message}`);
  return outcome.value;
}

/** @throws {Unmet} with the field's value when it is another */
function assertField(value: unknown, field: string, shape: Shape): void {
  const given = (Object(value) as Record<string, unknown>)[field];
  if (matches(shape, given)) return;
  throw new Unmet(
    `in the report ${field} is ${describeShape(shape)}`,
    given === undefined ? "it is not there" : show(given),
    { value: given },
  );
}
