import type { Lesson, Mistake } from "../kit/lesson.ts";
import {
  aString,
  anIsoTime,
  anything,
  inAnyOrder,
  matches,
} from "../kit/shape.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { Unmet } from "../kit/unmet.ts";

const REFUSED = { ok: false, error: { code: "BAD_REQUEST", message: aString } };

/** The contract gives a poll 1 s. So much more is for the way there and back. */
const POLL_LIMIT = 1_500;

const noAnswer: Mistake = {
  id: "M14",
  looksLike: ({ received }) => received.startsWith("no acknowledgement"),
  hint: "No answer came. Is there a way through the handler on which the acknowledgement is not called?",
};

const lesson: Lesson = {
  name: "04-ask-and-answer",
  mistakes: [
    {
      id: "M13",
      looksLike: ({ fault, received }) =>
        fault !== null && /is not a function/.test(received),
      hint: "Your server called something as a function that was none. Whether an acknowledgement comes along, and as which argument, is the client's choice.",
    },
    {
      id: "M17",
      looksLike: ({ fault, received }) =>
        fault !== null &&
        /Cannot (read|destructure)|undefined|null/.test(received),
      hint: "What came was not what the handler expected, and it ended the server for everyone. Look at a payload before you use it.",
    },
    {
      id: "answered-by-event",
      looksLike: ({ received }) =>
        received.startsWith("no acknowledgement, but the event"),
      hint: "An event came instead of the acknowledgement. The client sent a function along as last argument: calling that is the answer.",
    },
    {
      id: "error-first",
      looksLike: ({ received, facts }) =>
        facts.value === null && received.startsWith("null, "),
      hint: "The first argument of the answer was null. Node's callbacks have the error first; here an answer is one object, and its field ok tells which kind it is.",
    },
  ],
  requirements: [
    {
      id: "time",
      title: "time:get is acknowledged with { ok: true, now }, an ISO time",
      kind: "base",
      hints: [
        "An acknowledgement is an answer that belongs to one question. The client sends a function along.",
        "The function arrives as the last argument of your listener. Calling it answers.",
        'socket.on("time:get", (ack) => …) and ack({ … }). A Date has toISOString().',
      ],
      mistakes: [
        {
          id: "bare-answer",
          looksLike: ({ facts }) => matches(anIsoTime, facts.value),
          hint: "The time came bare. Every acknowledgement of this workshop is one object with ok in it.",
        },
        {
          id: "not-iso",
          looksLike: ({ facts }) =>
            matches({ ok: true, now: anything }, facts.value),
          hint: "now is there, but not as an ISO time such as 2030-01-31T12:00:00.000Z.",
        },
        noAnswer,
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        const { now } = await alice.ask("time:get", [], {
          ok: true,
          now: anIsoTime,
        });
        const apart = Math.abs(Date.parse(now) - Date.now());
        // Both run on this machine; a minute is far more than any delay.
        if (apart > 60_000)
          throw new Unmet("the time it is now", now, { value: now });
      },
    },
    {
      id: "divide",
      title: "math:divide { a, b } is acknowledged with { ok: true, result }",
      kind: "base",
      hints: [
        "The listener gets two things: what was sent, and the function that answers.",
        "The payload comes first, the acknowledgement last.",
        'socket.on("math:divide", (payload, ack) => …)',
      ],
      mistakes: [
        {
          id: "falsy-values-lost",
          looksLike: ({ expected, facts }) =>
            expected.includes("result: 0") &&
            matches({ ok: false }, facts.value),
          hint: "0 divided by 5 was refused. 0 is a number like any other; only as divisor it is not allowed.",
        },
        noAnswer,
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        for (const [a, b, result] of [
          [7, 2, 3.5],
          [-1, 4, -0.25],
          [0, 5, 0],
        ])
          await alice.ask("math:divide", [{ a, b }], {
            ok: true,
            result: result as number,
          });
      },
    },
    {
      id: "divide-refused",
      title:
        "math:divide by 0, or with what is no number, is acknowledged with BAD_REQUEST",
      kind: "base",
      hints: [
        "Every way through the handler answers. Which one does a bad call take?",
        "An error is an answer too: ok is false, and error holds a code and a message.",
        "Number.isFinite(value) is true for numbers that can be used, and false for all else.",
      ],
      mistakes: [
        {
          id: "converted",
          looksLike: ({ facts }) =>
            matches({ ok: true, result: 3 }, facts.value),
          hint: '"6" divided by 2 was answered with 3. A text is no number, even if it looks like one.',
        },
        {
          id: "infinity",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "A call that cannot be answered was answered with ok: true. In JSON, NaN and Infinity arrive as null.",
        },
        {
          id: "other-error-shape",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "ok is false, as it should be. Compare error with the contract: it has a code for programs and a message for people.",
        },
        noAnswer,
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        const bad = [
          { a: 1, b: 0 },
          { a: "6", b: 2 },
          { a: 6 },
          { a: null, b: 2 },
          {},
          null,
          "6 / 2",
          [6, 2],
        ];
        for (const payload of bad)
          await alice.ask("math:divide", [payload], REFUSED);
        // Without a payload the acknowledgement is the first argument.
        await alice.ask("math:divide", [], REFUSED);
      },
    },
    {
      id: "no-acknowledgement",
      title:
        "Calls without an acknowledgement, or with more arguments, harm nobody",
      kind: "base",
      hints: [
        "What does your handler call when the client sent no function along?",
        "The acknowledgement, if there is one, is the last argument, whatever came before it.",
        'args.at(-1) is the last argument; typeof tells whether it is a "function".',
      ],
      mistakes: [
        {
          id: "ack-not-last",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "An argument more than usual came before the acknowledgement, and no answer came. The acknowledgement is the last argument, wherever that is.",
        },
      ],
      check: async ({ client, settle }) => {
        const alice = await client("Alice");
        alice.emit("time:get");
        alice.emit("time:get", "now, please");
        alice.emit("math:divide", { a: 1, b: 2 });
        alice.emit("math:divide", { a: 1, b: 0 }, "no function");
        alice.emit("math:divide");
        alice.emit("poll:ask", { question: "Anyone?" });
        alice.emit("poll:ask");
        await settle();
        await alice.ask("time:get", ["extra", 2], { ok: true, now: anIsoTime });
      },
    },
    {
      id: "poll",
      title:
        "poll:ask asks every other client, and is acknowledged with their answers",
      kind: "base",
      hints: [
        "The server can ask too: it emits with an acknowledgement, and the client answers.",
        "It asks all sockets but the asker, and waits until all have answered or the time is over.",
        "socket.broadcast.timeout(ms).emitWithAck(event, payload) gives a promise of all answers.",
      ],
      mistakes: [
        {
          id: "asker-asked",
          looksLike: ({ received }) => received.startsWith("Alice was asked"),
          hint: "Alice asked, and was asked her own question. Who is to be left out?",
        },
        {
          id: "M15",
          looksLike: ({ fault, received }) =>
            fault !== null && /emitWithAck is not a function/.test(received),
          hint: "What you called emitWithAck on has no such method. A broadcast waits for many, so it wants to know first for how long.",
        },
        {
          id: "impatient",
          looksLike: ({ facts }) =>
            matches({ ok: true, answers: anything, missing: 1 }, facts.value) ||
            matches({ ok: true, answers: [], missing: anything }, facts.value),
          hint: "Bob needs a moment to answer, and was not waited for. The contract gives everyone together up to a second.",
        },
        {
          id: "first-argument",
          looksLike: ({ facts }) =>
            JSON.stringify(facts.value)?.includes("[[") ?? false,
          hint: "Each answer came wrapped in a list. Only the first argument of each acknowledgement counts.",
        },
        noAnswer,
      ],
      check: async ({ connect, settle }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        alice.answers("poll:question", () => "me too");
        bob.answers("poll:question", () => "tea", 150);
        carol.answers("poll:question", () => "coffee");
        await settle();
        await alice.ask(
          "poll:ask",
          [{ question: "Tea or coffee?" }],
          { ok: true, answers: inAnyOrder("tea", "coffee"), missing: 0 },
          POLL_LIMIT,
        );
        await bob.hears("poll:question", { question: "Tea or coffee?" });
        await settle();
        if (alice.heard("poll:question").length > 0)
          throw new Unmet(
            "the asker is not asked",
            "Alice was asked her own question",
          );
      },
    },
    {
      id: "poll-alone",
      title:
        "With nobody else online, poll:ask is acknowledged at once: answers [], missing 0",
      kind: "base",
      hints: [
        "How many are there to wait for?",
        "Nobody to ask means that there is nothing to wait for.",
        "A broadcast with emitWithAck to nobody is fulfilled at once, with [].",
      ],
      mistakes: [
        {
          id: "asker-counted",
          looksLike: ({ facts }) =>
            matches({ ok: true, missing: anything }, facts.value),
          hint: "Alice was alone, and somebody was missing. The asker is not one of those who are asked.",
        },
        {
          id: "waits-for-nobody",
          looksLike: ({ received }) => received.includes("it came after"),
          hint: "There was nobody to wait for, and the answer came late. Does your server always wait the whole second?",
        },
        noAnswer,
      ],
      check: async ({ client, settle, within }) => {
        await settle(); // so that nobody of before is still counted
        const alice = await client("Alice");
        alice.answers("poll:question", () => "me");
        await within(
          500,
          "poll:ask is answered",
          alice.ask(
            "poll:ask",
            [{ question: "Anyone?" }],
            { ok: true, answers: [], missing: 0 },
            POLL_LIMIT,
          ),
        );
      },
    },
    {
      id: "poll-missing",
      title:
        "Who stays silent for 1 s, or leaves meanwhile, is counted as missing",
      kind: "base",
      hints: [
        "What happens to the answers that came, when one does not come?",
        "When the time is over the promise is rejected. That error is no accident: look at what it holds.",
        "err.responses holds the answers that came. missing is those who were asked, minus those.",
      ],
      mistakes: [
        {
          id: "answers-thrown-away",
          looksLike: ({ facts }) =>
            matches({ ok: true, answers: [] }, facts.value),
          hint: "Bob had answered, and his answer is lost. When one client is silent the promise is rejected: the answers that came are still somewhere.",
        },
        {
          id: "timeout-as-error",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "One silent client turned the whole poll into an error. Bob had answered.",
        },
        {
          id: "leaver-not-missing",
          looksLike: ({ facts }) =>
            matches({ ok: true, missing: 1 }, facts.value),
          hint: "Carol was silent and Dave left, so two are missing. When does your server count who is online?",
        },
        {
          id: "too-patient",
          looksLike: ({ received }) => received.includes("it came after"),
          hint: "The answer came, but too late: all clients together have one second.",
        },
        {
          id: "M15",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement") ||
            received.includes("did not come"),
          hint: "Carol never answers, and your server waits for her for ever. How does it know when to stop?",
        },
      ],
      check: async ({ connect, settle, within }) => {
        await settle();
        const [alice, bob, , dave] = await connect(
          "Alice",
          "Bob",
          "Carol",
          "Dave",
        );
        bob.answers("poll:question", () => "yes");
        dave.socket.on("poll:question", () => dave.leave());
        await settle();
        await within(
          POLL_LIMIT,
          "poll:ask is answered",
          alice.ask(
            "poll:ask",
            [{ question: "Are you there?" }],
            { ok: true, answers: ["yes"], missing: 2 },
            2 * POLL_LIMIT,
          ),
        );
      },
    },
    stillAlive,
    {
      id: "falsy-answers",
      title: "Answers such as 0, false and the empty text count as answers",
      kind: "stretch",
      hints: [
        "How does your server tell an answer from no answer?",
        "Whatever a client acknowledges with is its answer, also if it is false.",
        "Look for filter(Boolean), ||, and if (answer).",
      ],
      mistakes: [
        {
          id: "falsy-values-lost",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "Bob answered 0, Carol false and Dave nothing but an empty text. They did answer.",
        },
      ],
      check: async ({ connect, settle }) => {
        await settle();
        const [alice, bob, carol, dave] = await connect(
          "Alice",
          "Bob",
          "Carol",
          "Dave",
        );
        bob.answers("poll:question", () => 0);
        carol.answers("poll:question", () => false);
        dave.answers("poll:question", () => "");
        await alice.ask(
          "poll:ask",
          [{ question: "How many?" }],
          {
            ok: true,
            answers: inAnyOrder<0 | false | "">(0, false, ""),
            missing: 0,
          },
          POLL_LIMIT,
        );
      },
    },
    {
      id: "two-polls",
      title: "Two polls at the same time do not mix",
      kind: "stretch",
      hints: [
        "Where does your server keep the answers while it waits?",
        "A variable outside the handler is shared by all polls.",
        "A promise of its own for each poll keeps them apart.",
      ],
      mistakes: [
        {
          id: "shared-answers",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "Alice and Bob asked at the same time, and one got the other's answers. What do the two polls share?",
        },
      ],
      check: async ({ connect, settle }) => {
        await settle();
        const clients = await connect("Alice", "Bob", "Carol");
        for (const client of clients)
          client.answers("poll:question", (payload) =>
            matches({ question: aString }, payload)
              ? `${client.name}: ${payload.question}`
              : null,
          );
        const [alice, bob] = clients;
        await Promise.all([
          alice.ask(
            "poll:ask",
            [{ question: "A?" }],
            {
              ok: true,
              answers: inAnyOrder("Bob: A?", "Carol: A?"),
              missing: 0,
            },
            POLL_LIMIT,
          ),
          bob.ask(
            "poll:ask",
            [{ question: "B?" }],
            {
              ok: true,
              answers: inAnyOrder("Alice: B?", "Carol: B?"),
              missing: 0,
            },
            POLL_LIMIT,
          ),
        ]);
      },
    },
  ],
};

export default lesson;
