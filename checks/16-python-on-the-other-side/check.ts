import { join } from "node:path";
import rooms from "../06-rooms/check.ts";
import type { Lesson, Mistake, Requirement, World } from "../kit/lesson.ts";
import type { LearnersModule, Outcome } from "../kit/learners-module.ts";
import { type Shape, describeShape, matches } from "../kit/shape.ts";
import { root } from "../kit/repository.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { show } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";
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
        id: "waits-for-the-soup",
        looksLike: ({ received }) => received === PENDING,
        hint: "run never comes to an end. One of the calls is waited for, and its answer does not come; kitchen.py shows which. How long would you wait at a table?",
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
        id: "payload-instead",
        looksLike: fieldIs("sat", (value) => matches({ ok: false }, value)),
        hint: "Sitting down failed. Look at what kitchen.py takes: is it one argument, and of which kind?",
      },
      {
        id: "news-missed",
        looksLike: fieldIs("heard", (value) => value == null),
        hint: "Everyone at the table was told of the cake, and run did not hear it. When does it begin to listen, and does it sit at that table by then?",
      },
    ],
    check: async (world) => {
      const value = await reportOf(world);
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
      const value = await reportOf(world);
      assertField(value, "soup", null);
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

const lesson: Lesson = {
  name: "16-python-on-the-other-side",
  files: [CLIENT],
  // Without a package more, Flask-SocketIO in threads has no websockets.
  needs: { transports: ["polling"] },
  mistakes: [
    {
      id: "handler-failed",
      looksLike: ({ received, output }) =>
        received.startsWith("no acknowledgement") &&
        output.some((line) => line.startsWith("Traceback")),
      hint: "A handler failed, and so nothing was returned: in Python the server goes on, and the client waits. The console has the traceback; its last line says what was wrong.",
    },
    {
      id: "nothing-returned",
      looksLike: ({ received }) => received.startsWith("no acknowledgement"),
      hint: "No answer came. In Python what a handler returns is the acknowledgement, and a function without return gives none. Is there a handler of that name?",
    },
  ],
  requirements: [
    ...clientRequirements,
    ...rooms.requirements.map(inPython),
    leaves,
  ],
};
export default lesson;

/** An evening takes more than a second, and two requirements look at one report. */
const reports = new WeakMap<ServerProcess, Promise<unknown>>();

function reportOf(world: World): Promise<unknown> {
  const known = reports.get(world.server);
  if (known !== undefined) return known;
  const report = runAtTheKitchen(world).then(({ value }) => value);
  reports.set(world.server, report);
  report.catch(() => reports.delete(world.server));
  return report;
}

/** Starts a kitchen of the check's own, and calls the learner's run there. */
async function runAtTheKitchen(
  world: World,
): Promise<{ module: LearnersModule; value: unknown }> {
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
  return { module, value: assertReport(outcome) };
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
