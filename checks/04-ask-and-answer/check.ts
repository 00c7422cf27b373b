import type { Client } from "../kit/client.ts";
import type { Failure, Lesson } from "../kit/lesson.ts";
import { PATIENCE } from "../kit/patience.ts";
import {
  aNumber,
  aString,
  anIsoTime,
  anything,
  inAnyOrder,
  matches,
} from "../kit/shape.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { Unmet } from "../kit/unmet.ts";

const TIME = { ok: true, now: anIsoTime };
const REFUSED = { ok: false, error: { code: "BAD_REQUEST", message: aString } };

/** The contract gives a poll 1 s. So much more is for the way there and back. */
const POLL_LIMIT = 1_500;

/** What came of a call when the usual did not. */
const THE_SECOND_TIME = "no acknowledgement, but one the second time";
const ASKED_IN_VAIN = "no acknowledgement, although Bob and Carol were asked";
const ONE_BY_ONE = "the others were asked one after another";

const lesson: Lesson = {
  name: "04-ask-and-answer",
  keeps: ["01-one-server", "02-emit-and-listen", "03-who-hears-it"],
  mistakes: [
    {
      id: "M13",
      looksLike: crashed(/is not a function/),
      hint: "Your server called something as a function that was none. Whether an acknowledgement comes along, and as which argument, is the client's choice.",
    },
    {
      id: "M17",
      looksLike: crashed(/Cannot (read|destructure)/),
      hint: "What came was not what the handler expected, and it ended the server for everyone. Look at a payload before you use it.",
    },
    {
      id: "answered-by-event",
      looksLike: ({ received }) =>
        /^no acknowledgement, but the event (?!user:|welcome)/.test(received),
      hint: "An event came instead of the acknowledgement. The client sent a function along as last argument: calling that is the answer.",
    },
    {
      id: "error-first",
      looksLike: ({ received, facts }) =>
        facts.value === null && received.startsWith("null, "),
      hint: "The first argument of the answer was null. Node's callbacks have the error first; here an answer is one object, and its field ok tells which kind it is.",
    },
    {
      id: "ok-missing",
      looksLike: ({ facts }) =>
        matches({}, facts.value) && !("ok" in facts.value),
      hint: "An object came, without the field ok. Whoever asked looks there first: was it done, or refused?",
    },
  ],
  requirements: [
    {
      id: "time",
      title: "time:get is acknowledged with { ok: true, now }, an ISO time",
      kind: "base",
      hints: [
        "An acknowledgement is an answer that belongs to one question. The client sends a function along.",
        "The function arrives as the last argument of your listener. Calling it answers; what the listener returns goes nowhere.",
        'socket.on("time:get", (ack) => …) and ack({ … }). A Date has toISOString().',
      ],
      mistakes: [
        {
          id: "M3",
          looksLike: ({ received }) => received === THE_SECOND_TIME,
          hint: "The first question was lost, the same one asked again was answered. Is something awaited before the listener for it is there?",
        },
        {
          id: "ack-expected-second",
          looksLike: crashed(/is not a function/),
          hint: "Your server called something as a function that was none. time:get comes without a payload: count its arguments.",
        },
        {
          id: "bare-time",
          looksLike: ({ facts }) =>
            typeof facts.value === "string" || typeof facts.value === "number",
          hint: "The time came bare. Every acknowledgement of this workshop is one object with ok in it.",
        },
        {
          id: "stopped-clock",
          looksLike: ({ received }) => received.startsWith("twice"),
          hint: "Asked twice, your server said the same time, to the millisecond. When does it look at the clock?",
        },
        {
          id: "not-iso",
          looksLike: ({ facts }) =>
            matches({ ok: true, now: anything }, facts.value),
          hint: "now is there, but not as an ISO time such as 2030-01-31T12:00:00.000Z.",
        },
      ],
      check: async ({ client, settle }) => {
        const alice = await client("Alice");
        const { now } = await askAtOnce(alice);
        const apart = Math.abs(Date.parse(now) - Date.now());
        // Both run on this machine; a minute is far more than any delay.
        if (apart > 60_000)
          throw new Unmet("the time it is now", now, { value: now });
        await settle(); // takes a few milliseconds
        const { now: later } = await alice.ask("time:get", [], TIME);
        if (later === now && now.includes("."))
          throw new Unmet("the time it is now", `twice ${now}`);
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
          id: "two-arguments-expected",
          looksLike: crashed(/is not a function/),
          hint: "Your server called something as a function that was none. math:divide comes with two arguments: one object with a and b in it, and the acknowledgement.",
        },
        {
          id: "bare-result",
          looksLike: ({ facts }) => matches(aNumber, facts.value),
          hint: "The number came bare, without the object around it. How would an answer look that says that it cannot be done?",
        },
        {
          id: "result-as-text",
          looksLike: ({ facts }) =>
            matches({ ok: true, result: aString }, facts.value),
          hint: "result is a text. How a number is to be shown is the client's matter.",
        },
        {
          id: "whole-numbers-only",
          looksLike: ({ expected, facts }) =>
            expected.includes("result: 3.5") &&
            matches({ ok: true, result: aNumber }, facts.value) &&
            Number.isInteger(facts.value.result),
          hint: "7 divided by 2 is 3.5. Something rounds it, or cuts off what is behind the point.",
        },
        {
          id: "zero-lost",
          looksLike: ({ expected, received, facts }) =>
            expected.includes("result: 0 ") &&
            (matches({ ok: false }, facts.value) ||
              received === "no acknowledgement"),
          hint: "Other numbers are divided, 0 by 5 is not. 0 is a number like any other; only as divisor it is not allowed.",
        },
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
      title: "math:divide by 0 or by no number is refused: BAD_REQUEST",
      kind: "base",
      hints: [
        "Every way through the handler answers. Which one does a bad call take?",
        "An error is an answer too: ok is false, and error holds a code and a message.",
        "Number.isFinite(value) is true for numbers that can be used, and false for all else.",
      ],
      mistakes: [
        {
          id: "M14",
          looksLike: isSilent,
          hint: "No answer came. Is there a way through the handler on which the acknowledgement is not called?",
        },
        {
          id: "thrown",
          looksLike: ({ fault, received }) =>
            fault !== null && !received.includes("TypeError"),
          hint: "Your server threw, and that ended it for everyone. The client that asked was told nothing.",
        },
        {
          id: "infinity",
          looksLike: ({ facts }) =>
            matches({ ok: true, result: null }, facts.value),
          hint: "ok was true and result was null: that is what becomes of NaN and Infinity on the way. Neither is a result.",
        },
        {
          id: "converted",
          looksLike: ({ facts }) =>
            matches({ ok: true, result: aNumber }, facts.value),
          hint: "What is no number was divided all the same. JavaScript makes numbers of texts, of null and of lists when it must divide: look before you do.",
        },
        {
          id: "bare-error",
          looksLike: ({ facts }) => typeof facts.value === "string",
          hint: "The answer was a text. How could a program tell it from a result? Refused or done, an answer is one object.",
        },
        {
          id: "error-as-object",
          looksLike: ({ facts }) =>
            matches({}, facts.value) && Object.keys(facts.value).length === 0,
          hint: "{} came. That is all that JSON leaves of an Error: its message and its name do not travel.",
        },
        {
          id: "error-as-text",
          looksLike: ({ facts }) =>
            matches({ ok: false, error: aString }, facts.value),
          hint: "error is a text. People can read it; a program wants a code beside it.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) =>
            matches({ ok: false, error: { code: aString } }, facts.value) &&
            facts.value.error.code !== "BAD_REQUEST",
          hint: "Refused, as it should be, under a code of your own. Clients know the codes of the contract only.",
        },
        {
          id: "message-missing",
          looksLike: ({ facts }) =>
            matches({ ok: false, error: { code: aString } }, facts.value),
          hint: "The code is there, and no message: nothing that could be shown to a person.",
        },
        {
          id: "error-spread-out",
          looksLike: ({ facts }) =>
            matches({ ok: false, code: anything }, facts.value),
          hint: "The code stands beside ok. Compare with the contract: code and message have an object of their own.",
        },
      ],
      check: async ({ client }) => {
        const alice = await client("Alice");
        const bad = [
          { a: 1, b: 0 },
          { a: "6", b: 2 },
          { a: 6, b: "2" },
          { a: 6 },
          { a: null, b: 2 },
          { a: [6], b: [2] },
          {},
          null,
          "6 / 2",
          [6, 2],
        ];
        for (const payload of bad)
          await alice.ask("math:divide", [payload], REFUSED);
      },
    },
    {
      id: "poll",
      title: "poll:ask asks every other client, and gives their answers",
      kind: "base",
      hints: [
        "The server can ask too: it emits with an acknowledgement, and the client answers.",
        "It asks all sockets but the asker, and waits until all have answered or the time is over.",
        "socket.broadcast.timeout(ms).emitWithAck(event, payload) gives a promise of all answers.",
      ],
      mistakes: [
        {
          id: "no-such-method",
          looksLike: crashed(/emitWithAck is not a function/),
          hint: "What you called emitWithAck on has no such method. Asking many needs a time limit first; and is everyone to be asked?",
        },
        {
          id: "M15",
          looksLike: crashed(/timed out/),
          hint: "The time was over before anyone could answer, and nobody caught that. For how long is your broadcast to wait? Nothing says it.",
        },
        {
          id: "asked-by-event",
          looksLike: ({ received }) => received.includes("without one"),
          hint: "The others were asked, and not given anything to answer with. An event that wants an answer is emitted with an acknowledgement.",
        },
        {
          id: "M14",
          looksLike: ({ received }) => received === ASKED_IN_VAIN,
          hint: "Bob and Carol were asked, and Alice, who waits for their answers, was told nothing.",
        },
        {
          id: "asker-asked",
          looksLike: ({ facts, received }) =>
            received.startsWith("Alice was asked") ||
            answersOf(facts.value).includes("me too"),
          hint: "Alice asked, and was asked her own question. Who is to be left out?",
        },
        {
          id: "asker-counted",
          looksLike: ({ facts }) =>
            matches(
              { answers: inAnyOrder("tea", "coffee"), missing: 1 },
              facts.value,
            ),
          hint: "All the others had answered, and one was missing. The asker is not one of those who are asked.",
        },
        {
          id: "error-taken-for-answer",
          looksLike: ({ facts }) =>
            answersOf(facts.value).length > 0 &&
            answersOf(facts.value).every((answer) => answer === null),
          hint: "The answers arrived as null. With a time limit the callback gets something else first: what is its first argument?",
        },
        {
          id: "answers-in-lists",
          looksLike: ({ facts }) => answersOf(facts.value).some(Array.isArray),
          hint: "Each answer came wrapped in a list. Only the first argument of each acknowledgement counts.",
        },
        {
          id: "answers-in-objects",
          looksLike: ({ facts }) =>
            answersOf(facts.value).some((answer) => matches({}, answer)),
          hint: "Each answer came inside an object of your own. The contract wants the answers as they were given.",
        },
        {
          id: "answers-are-no-list",
          looksLike: ({ facts }) =>
            matches({ ok: true, answers: anything }, facts.value) &&
            !Array.isArray(facts.value.answers),
          hint: "answers is there, and it is no array. Who gave which answer is not asked for.",
        },
        {
          id: "impatient",
          looksLike: ({ facts }) =>
            answersOf(facts.value).length < 2 &&
            matches({ ok: true, answers: anything }, facts.value),
          hint: "Bob needs a moment to answer, and was not waited for. The contract gives everyone together up to a second.",
        },
        {
          id: "bare-question",
          looksLike: ({ facts }) => typeof facts.value === "string",
          hint: "The question came bare. An event of the server carries one object.",
        },
      ],
      check: async ({ connect, settle }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        alice.answers("poll:question", () => "me too");
        bob.answers("poll:question", () => "tea", 150);
        carol.answers("poll:question", () => "coffee");
        let canAnswer = true;
        bob.socket.on("poll:question", (...args) => {
          canAnswer = typeof args.at(-1) === "function";
        });
        await settle();
        try {
          await alice.ask(
            "poll:ask",
            [{ question: "Tea or coffee?" }],
            { ok: true, answers: inAnyOrder("tea", "coffee"), missing: 0 },
            POLL_LIMIT,
          );
        } catch (error) {
          if (!canAnswer)
            throw new Unmet(
              "poll:question comes with an acknowledgement",
              "it came without one",
            );
          if (
            error instanceof Unmet &&
            isSilent(error) &&
            bob.heard("poll:question").length > 0
          )
            throw new Unmet(error.expected, ASKED_IN_VAIN);
          throw error;
        }
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
      title: "With nobody else online, poll:ask is acknowledged at once",
      kind: "base",
      hints: [
        "How many are there to wait for?",
        "Nobody to ask means that there is nothing to wait for.",
        "A broadcast with emitWithAck to nobody is fulfilled at once, with [].",
      ],
      mistakes: [
        {
          id: "waits-for-nobody",
          looksLike: ({ received }) => received.includes("it came after"),
          hint: "There was nobody to wait for, and the answer came late. Does your server always wait the whole second?",
        },
        {
          id: "last-answer-never-comes",
          looksLike: isSilent,
          hint: "Alice was alone, and never heard what came of her poll. Does your server finish when the last answer comes in? Here none does.",
        },
        {
          id: "alone-refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "A poll with nobody else online was refused. It is an ordinary one, with an empty list as its outcome.",
        },
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
            1_200,
          ),
        );
      },
    },
    {
      id: "poll-missing",
      title: "Who stays silent for 1 s, or leaves meanwhile, is missing",
      kind: "base",
      hints: [
        "What happens to the answers that came, when one does not come?",
        "When the time is over the promise is rejected. That error is no accident: look at what it holds.",
        "err.responses holds the answers that came. missing is those who were asked, minus those.",
      ],
      mistakes: [
        {
          id: "rejection-not-caught",
          looksLike: crashed(/timed out/),
          hint: "One client was silent, and that ended the server. When the time is over, the promise you await is rejected.",
        },
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
          id: "silence-as-answer",
          looksLike: ({ facts }) => answersOf(facts.value).length > 1,
          hint: "Bob alone had answered, and there are more answers than that. What stands in the list for those who were silent?",
        },
        {
          id: "missing-not-counted",
          looksLike: ({ facts }) =>
            matches({ answers: ["yes"], missing: 0 }, facts.value),
          hint: "Carol was silent and Dave left, and nobody was missing. How many were asked, and how many answered?",
        },
        {
          id: "leaver-not-missing",
          looksLike: ({ facts }) =>
            matches({ answers: ["yes"], missing: 1 }, facts.value),
          hint: "Carol was silent and Dave left, so two are missing. When does your server count who is online?",
        },
        {
          id: "one-by-one",
          looksLike: ({ received }) => received.includes(ONE_BY_ONE),
          hint: "The others were asked in turn, each a second after the one before. All of them have one second, and it is the same one.",
        },
        {
          id: "too-patient",
          looksLike: ({ received }) => received.includes("it came after"),
          hint: "The answer came, but too late: all clients together have one second.",
        },
        {
          id: "M15",
          looksLike: ({ received }) =>
            isSilent({ received }) || received === "it did not come",
          hint: "Carol never answers, and your server waits for her for ever. How does it know when to stop?",
        },
      ],
      check: async ({ connect, settle, within }) => {
        await settle();
        const clients = await connect("Alice", "Bob", "Carol", "Dave");
        const [alice, bob, , dave] = clients;
        const asked: number[] = [];
        for (const { socket } of clients)
          socket.on("poll:question", () => asked.push(performance.now()));
        bob.answers("poll:question", () => "yes");
        dave.socket.on("poll:question", () => dave.leave());
        await settle();
        const poll = alice.ask(
          "poll:ask",
          [{ question: "Are you there?" }],
          { ok: true, answers: ["yes"], missing: 2 },
          POLL_LIMIT + 1_000,
        );
        try {
          await within(POLL_LIMIT, "poll:ask is answered", poll);
        } catch (error) {
          const isSpread = Math.max(...asked) - Math.min(...asked) > 500;
          throw error instanceof Unmet && isSpread
            ? new Unmet(error.expected, `${error.received}: ${ONE_BY_ONE}`)
            : error;
        }
      },
    },
    {
      id: "no-acknowledgement",
      title: "An acknowledgement is the last argument, or not there at all",
      kind: "base",
      hints: [
        "What does your handler call when the client sent no function along?",
        "The acknowledgement, if there is one, is the last argument, whatever came before it.",
        'args.at(-1) is the last argument; typeof tells whether it is a "function".',
      ],
      mistakes: [
        {
          id: "payload-left-out",
          looksLike: ({ expected, received }) =>
            expected.includes("BAD_REQUEST") && isSilent({ received }),
          hint: "math:divide came with an acknowledgement and nothing else, and there was no answer. In which place did your handler look for it?",
        },
        {
          id: "ack-not-last",
          looksLike: isSilent,
          hint: "An argument more than usual came before the acknowledgement, and no answer came. The acknowledgement is the last argument, wherever that is.",
        },
      ],
      check: async ({ client, settle }) => {
        await settle();
        const alice = await client("Alice");
        alice.emit("time:get");
        alice.emit("time:get", "now, please");
        await settle();
        alice.emit("math:divide", { a: 1, b: 2 });
        alice.emit("math:divide", { a: 1, b: 0 }, "no function");
        alice.emit("math:divide");
        await settle();
        alice.emit("poll:ask", { question: "Anyone?" });
        alice.emit("poll:ask", { question: "No one?" }, null);
        alice.emit("poll:ask");
        await settle();
        await alice.ask("math:divide", [], REFUSED);
        await alice.ask("time:get", ["extra", 2], TIME);
      },
    },
    stillAlive,
    {
      id: "carried-out",
      title: "poll:ask without an acknowledgement asks the others all the same",
      kind: "stretch",
      hints: [
        "Nobody waits for the outcome. Is that a reason not to ask?",
        "Without an acknowledgement only the last step is left out: the answer.",
        "Look for a return that comes too early.",
      ],
      mistakes: [
        {
          id: "not-carried-out",
          looksLike: ({ facts }) => facts.heardBy?.length === 0,
          hint: "Nobody was asked. Does your handler give up when it finds that nobody wants an answer?",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob, carol] = await connect("Alice", "Bob", "Carol");
        bob.answers("poll:question", () => "yes");
        carol.answers("poll:question", () => "no");
        const question = "Can you hear me?";
        alice.emit("poll:ask", { question });
        await audience("poll:question", [bob, carol], { question });
      },
    },
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
          id: "falsy-answers-lost",
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
        {
          id: "one-poll-at-a-time",
          looksLike: ({ facts, received }) =>
            matches({ ok: false }, facts.value) || isSilent({ received }),
          hint: "Alice and Bob asked at the same time, and only one of them got an outcome. Whose poll does your server remember?",
        },
      ],
      check: async ({ connect, settle }) => {
        await settle();
        const clients = await connect("Alice", "Bob", "Carol");
        for (const client of clients)
          // They take a moment, so that both polls are open together.
          client.answers(
            "poll:question",
            (payload) =>
              matches({ question: aString }, payload)
                ? `${client.name}: ${payload.question}`
                : null,
            100,
          );
        const [alice, bob] = clients;
        await settle();
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
    {
      id: "poll-refused",
      title: "poll:ask without a question is acknowledged with BAD_REQUEST",
      kind: "stretch",
      hints: [
        "What are the others asked, when no question came?",
        "A poll can be called badly, as a division can. The answer to that has the same shape.",
        'typeof question === "string" tells whether there is a text.',
      ],
      mistakes: [
        {
          id: "asked-nothing",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "A poll that had no text for a question was carried out. What stood on the screens of the others?",
        },
        {
          id: "poll-refused-in-silence",
          looksLike: isSilent,
          hint: "A poll without a proper question found no answer at all. To refuse is to answer, too.",
        },
      ],
      check: async ({ client, settle }) => {
        await settle();
        const alice = await client("Alice");
        for (const args of [[], [{}], [null], ["Tea?"], [{ question: 7 }]])
          await alice.ask("poll:ask", args, REFUSED);
      },
    },
  ],
};

export default lesson;

/** Asks for the time, and once more if no answer comes: perhaps nobody listened yet the first time. */
async function askAtOnce(alice: Client): Promise<{ now: string }> {
  try {
    return await alice.ask("time:get", [], TIME, PATIENCE / 2);
  } catch (error) {
    if (!isSilence(error)) throw error;
    throw await alice.ask("time:get", [], {}, PATIENCE / 2).then(
      () => new Unmet(error.expected, THE_SECOND_TIME),
      () => error,
    );
  }
}

function isSilence(error: unknown): error is Unmet {
  return (
    error instanceof Unmet && error.received.startsWith("no acknowledgement")
  );
}

/** Whether no answer came, by an acknowledgement or otherwise. */
function isSilent({ received }: Pick<Failure, "received">): boolean {
  return /^no acknowledgement($|, but the event (user:|welcome))/.test(
    received,
  );
}

/** Whether the server ended with such an error. */
function crashed(pattern: RegExp) {
  return ({ fault, received }: Failure) =>
    fault !== null && pattern.test(received);
}

/** The answers of a poll; an empty list if there is none. */
function answersOf(value: unknown): unknown[] {
  return matches({ answers: anything }, value) && Array.isArray(value.answers)
    ? value.answers
    : [];
}
