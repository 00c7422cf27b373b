import type { Client } from "../kit/client.ts";
import type { Lesson, Mistake, World } from "../kit/lesson.ts";
import { PATIENCE, patiently } from "../kit/patience.ts";
import {
  Kind,
  type Shape,
  aNumber,
  aString,
  anIsoTime,
  anything,
  matches,
} from "../kit/shape.ts";
import { heardBy } from "../kit/recognise.ts";
import { show, showArguments } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { Unmet, inWords } from "../kit/unmet.ts";

// Who is who in every requirement: Alice sends, good and bad; Bob is there all the time.

const SENT = { ok: true, id: aString };
const REFUSED = { ok: false, error: { code: "BAD_REQUEST", message: aString } };
const FAILED = { ok: false, error: { code: "INTERNAL", message: aString } };

/** What Alice claims, beside her text. */
const FORGED = {
  id: "forged",
  user: "admin",
  at: "2001-01-01T00:00:00.000Z",
};
const anIdOfTheServer = new Kind<string>(
  "an id of the server's own",
  (value) => typeof value === "string" && value !== "" && value !== FORGED.id,
);
/** Server and check run on one machine; a minute is far more than any delay. */
const now = new Kind<string>(
  "the time it is now",
  (value) =>
    matches(anIsoTime, value) &&
    Math.abs(Date.parse(value) - Date.now()) < 60_000,
);

/** A call in words, and its arguments without the acknowledgement. */
type Call = readonly [what: string, ...args: unknown[]];

const MALFORMED: readonly Call[] = [
  ["no payload"],
  ["null", null],
  ["a number", 7],
  ["true", true],
  ["a text", "hello"],
  ["JSON as a text", '{"text":"hello"}'],
  ["an empty list", []],
  ["a list", ["hello"]],
  ["an object in a list", [{ text: "hello" }]],
  ["bytes", Buffer.from("hello")],
  ["an empty object", {}],
  ["another field", { message: "hello" }],
  ["text: null", { text: null }],
  ["text: 7", { text: 7 }],
  ["text: 0", { text: 0 }],
  ["text: true", { text: true }],
  ["text: false", { text: false }],
  ["text: a list", { text: ["hello"] }],
  ["text: an empty list", { text: [] }],
  ["text: an object", { text: { text: "hello" } }],
  ["text: with a length", { text: { length: 5 } }],
  ["text: with methods that are none", { text: { trim: 1, toString: 1 } }],
  ["text: bytes", { text: Buffer.from("hello") }],
];

const PROTO = "__proto__ with a text in it";
const CONSTRUCTOR = "constructor with a prototype in it";
const EMPTY_AFTERWARDS = "an empty object, after these";

const lesson: Lesson = {
  name: "05-never-trust-a-payload",
  keeps: ["01-one-server"],
  buildsOn: null,
  mistakes: [
    {
      id: "hidden-crash",
      looksLike: ({ expected }) => expected === NOTHING_HIDDEN,
      hint: "An error got out of a handler and went up to the process, where something kept it from ending all. What was half done stays half done, and nobody was told: catch it where it happens.",
    },
    {
      id: "M13",
      looksLike: ({ fault, received }) =>
        fault !== null && /is not a function/.test(received),
      hint: "Your server called something that is no function: that ended it for everyone. Which calls in your handlers depend on what the client sent?",
    },
  ],
  requirements: [
    {
      id: "message",
      title: "message:send { text } is acknowledged; all hear message:new",
      kind: "base",
      hints: [
        "The chat begins here: one event comes in, an answer and an event for everyone go out.",
        "message:new has four fields. Only text comes from the client; the others are made by the server.",
        "io.emit(…) tells everyone, ack({ ok: true, id }) answers the sender. node:crypto has randomUUID(), a Date has toISOString().",
      ],
      mistakes: [
        {
          id: "answered-by-event",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement, but the event"),
          hint: "Everyone was told, and Alice got no answer. She sent a function along as last argument: calling that is the answer.",
        },
        {
          id: "no-listener",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "Nothing came of message:send: no answer, and no message:new. Is there a listener of exactly that name?",
        },
        {
          id: "id-as-number",
          looksLike: ({ facts }) =>
            matches({ ok: true, id: aNumber }, facts.value),
          hint: "The id in the answer is a number. It is a name, not an amount: the contract wants a string.",
        },
        {
          id: "answer-without-id",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "ok: true came, without an id. Alice needs it to find her message among those that she hears.",
        },
        {
          id: "good-one-refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: 'A good message was refused: { text: "Hello, all!" }. Which of your conditions is it that it does not meet?',
        },
        {
          id: "M6",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "One message was heard more than once. Do two calls speak to the same sockets?",
        },
        {
          id: "M7",
          looksLike: heardBy("Bob", "Carol"),
          hint: "Everyone but Alice heard it, and she sent it. A chat shows the same list to all.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice"),
          hint: "Only Alice heard her message. On what is emit called: on one socket, or on the server?",
        },
        {
          id: "no-broadcast",
          looksLike: heardBy(),
          hint: "Alice was answered, and nobody heard a message:new. Compare the event's name letter by letter.",
        },
        {
          id: "two-ids",
          looksLike: ({ facts, expected }) =>
            matches({ id: aString, user: aString }, facts.value) &&
            !expected.includes(facts.value.id),
          hint: "Alice was told one id, and her message has another. Make it once, and use it twice.",
        },
        {
          id: "other-user",
          looksLike: ({ facts, expected }) =>
            matches({ user: anything }, facts.value) &&
            !expected.includes(`'${String(facts.value.user)}'`),
          hint: 'user is not the guest name. It is "guest-" and the first four characters of the socket\'s id.',
        },
        {
          id: "not-iso",
          looksLike: ({ facts }) =>
            matches({ id: aString, at: anything }, facts.value) &&
            !matches(anIsoTime, facts.value.at),
          hint: "at is there, but not as an ISO time such as 2030-01-31T12:00:00.000Z.",
        },
        {
          id: "field-missing",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "message:new came with other fields than the contract's. Compare: id, user, text and at.",
        },
      ],
      check: async ({ connect, audience }) => {
        const [bob, carol, alice] = await connect("Bob", "Carol", "Alice");
        const text = "Hello, all!";
        const { id } = await alice.ask("message:send", [{ text }], SENT);
        await audience("message:new", [alice, bob, carol], {
          id,
          user: guestName(alice),
          text,
          at: anIsoTime,
        });
      },
    },
    {
      id: "server-says",
      title: "id, user and at are the server's to say, whatever is claimed",
      kind: "base",
      hints: [
        "Which fields of message:new does your server take from the client?",
        "What the server knows itself it never asks a client for. What else a client sends is ignored.",
        "Write the message field by field: { id: …, user: …, text, at: … }, without the payload itself.",
      ],
      mistakes: [
        {
          id: "unknown-fields-refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "A good message was refused because of fields that the contract does not know. They are to be ignored: a newer client may send more than this server understands.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ user: FORGED.user }, facts.value),
          hint: "Alice said that she is admin, and everyone was told so. Who somebody is, the server says.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ id: FORGED.id }, facts.value),
          hint: "Alice chose the id of her message. She could take the id of another's.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ at: FORGED.at }, facts.value),
          hint: "Alice chose the time of her message, and it was believed. Whose clock is it that counts?",
        },
        {
          id: "clock-stands-still",
          looksLike: ({ facts }) =>
            matches({ at: anIsoTime }, facts.value) &&
            !matches({ at: now }, facts.value),
          hint: "at is not the time of this message. When was it taken?",
        },
        {
          id: "shared-name",
          looksLike: ({ facts }) => matches({ user: aString }, facts.value),
          hint: "It came under another name than its sender's. Each connection has a name of its own: where is it kept?",
        },
        {
          id: "same-id",
          looksLike: ({ received }) => received.includes("the same id"),
          hint: "Messages that came at the same moment got the same id. What makes yours different: a clock is too slow for that.",
        },
      ],
      check: async ({ connect, audience }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        for (const client of [alice, bob]) {
          const text = `It is me, ${client.name}`;
          const { id } = await client.ask(
            "message:send",
            [{ text, ...FORGED }],
            { ok: true, id: anIdOfTheServer },
          );
          await audience("message:new", [alice, bob], {
            id,
            user: guestName(client),
            text,
            at: now,
          });
        }
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            alice.ask("message:send", [{ text: `Quick ${index + 1}` }], SENT),
          ),
        );
        const ids = new Set(answers.map(({ id }) => id));
        if (ids.size < answers.length)
          throw new Unmet(
            "20 messages at once have 20 ids",
            `${answers.length - ids.size} of them had the same id as another`,
          );
      },
    },
    {
      id: "refused",
      title: "A malformed message:send is BAD_REQUEST, and nobody hears it",
      kind: "base",
      hints: [
        "A type in the parentheses is your wish, not the client's promise. What can arrive there?",
        "Look first: is it an object, and not null? Is its text a string? Only then use it.",
        'typeof payload === "object" is also true for null. typeof text === "string" is true for texts alone.',
      ],
      mistakes: [
        {
          id: "M17",
          looksLike: ({ fault, received }) =>
            fault !== null && received.includes("TypeError"),
          hint: "One call of one client ended the server for all. The payload was used before anybody looked what it is.",
        },
        {
          id: "thrown",
          looksLike: ({ fault }) => fault !== null,
          hint: "Your server noticed that the payload is bad, and threw. An error that nobody catches ends it; what Alice needs is an answer.",
        },
        {
          id: "thrown-out",
          looksLike: ({ received }) => received === THROWN_OUT,
          hint: "Alice sent a bad payload, and was disconnected. It may be a slip of hers: an answer tells her, and she can go on.",
        },
        {
          id: "refused-by-event",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement, but the event"),
          hint: "It was refused, by an event that Alice did not ask for. The acknowledgement belongs to this one call: she knows what was wrong.",
        },
        {
          id: "M14",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "The server lives, and Alice waits for ever. Does a way through the handler end without an answer, or is its error caught where nobody can answer any more?",
        },
        {
          id: "converted",
          looksLike: ({ facts }) =>
            /^(\[object Object\]|null|undefined|true|false|7|0)$/.test(
              textOf(facts.value),
            ),
          hint: "It was no text, and it was made into one. Everything in JavaScript can be turned into a string; that does not make it a message.",
        },
        {
          id: "parsed",
          looksLike: ({ expected, facts }) =>
            expected.startsWith("JSON as a text") &&
            textOf(facts.value) === "hello",
          hint: "A text was taken for a payload, because there is JSON in it. Socket.IO has unpacked everything already: what is still a text is one.",
        },
        {
          id: "told-before-looked",
          looksLike: ({ expected }) => expected === NOBODY,
          hint: "The answer was BAD_REQUEST, and everyone had been told all the same. First look, then tell.",
        },
        {
          id: "not-looked-at",
          looksLike: ({ facts }) =>
            matches({ ok: true }, facts.value) ||
            matches({ user: anything }, facts.value),
          hint: "What was malformed was taken as a message. Which kinds of values does your condition let through?",
        },
        {
          id: "internal-instead",
          looksLike: ({ facts }) =>
            matches({ error: { code: "INTERNAL" } }, facts.value),
          hint: "The answer was INTERNAL: your handler stumbled over the payload, and the error was caught. The fault is the caller's, and nothing in the server should have to break for that to be seen.",
        },
        {
          id: "other-error-shape",
          looksLike: ({ facts }) => facts.value !== undefined,
          hint: "It was refused, in other words than the contract's. error is an object, with a code for programs and a message for people.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        for (const call of MALFORMED) await refuses(bob, alice, call);
        await nothingMore(world);
        await bobIsWell(world, bob);
      },
    },
    {
      id: "length",
      title: "text is trimmed, and then 1 to 500 characters long",
      kind: "base",
      hints: [
        "In which order does your server look at the text: is it trimmed first, or measured first?",
        "What everyone hears is the trimmed text, and it is measured as JavaScript measures.",
        "text.trim() takes the space from both ends. Its length says how many characters are left.",
      ],
      mistakes: [
        {
          id: "limit-too-low",
          looksLike: ({ received }) => received === THROWN_OUT,
          hint: "250 emojis are 1000 bytes, and whoever sent them lost the connection. Does a limit for all that is sent stand in for the one for a text?",
        },
        {
          id: "told-before-measured",
          looksLike: ({ expected }) => expected === NOBODY,
          hint: "A text was refused because of its length, and everyone had heard it. What is measured afterwards is measured too late.",
        },
        {
          id: "not-trimmed",
          looksLike: ({ facts }) => /^\s|\s$/.test(textOf(facts.value)),
          hint: "The text was sent on with the space around it. What was measured should also be what is sent.",
        },
        {
          id: "inner-space-changed",
          looksLike: ({ facts }) => textOf(facts.value) === "two words",
          hint: "Space inside the text was changed. Only what is around it is to go.",
        },
        {
          id: "too-short-refused",
          looksLike: refusedAlthough("one character"),
          hint: 'A text of one character was refused, and "0" is one. Where does it begin to be long enough?',
        },
        {
          id: "off-by-one",
          looksLike: refusedAlthough("500 characters"),
          hint: "500 characters were refused. The limit itself is still allowed.",
        },
        {
          id: "measured-before-trimmed",
          looksLike: refusedAlthough("500 characters with space around them"),
          hint: "500 characters with space around them were refused. The space goes first, and the rest is measured.",
        },
        {
          id: "bytes-counted",
          looksLike: refusedAlthough("250 emojis, whose length is 500"),
          hint: "250 emojis were refused. Their length is 500; it is their bytes that are more.",
        },
        {
          id: "emojis-counted-once",
          looksLike: ({ expected, fault }) =>
            fault === null &&
            expected.startsWith("251 emojis, whose length is 502"),
          hint: "251 emojis were taken. Some measures count each of them once, those of schema libraries too; JavaScript's length counts two, and that is the measure of the contract.",
        },
        {
          id: "cut-off",
          looksLike: ({ expected, facts }) =>
            /^5(01| 000) characters/.test(expected) &&
            textOf(facts.value).length === 500,
          hint: "A text that is too long was cut and sent. Whoever wrote it does not know that the end is missing.",
        },
        {
          id: "no-upper-limit",
          looksLike: ({ expected, facts }) =>
            /^5(01| 000) characters/.test(expected) &&
            facts.value !== undefined,
          hint: "A text that is too long was taken, and went out to everyone. How long may it be?",
        },
        {
          id: "blank-taken",
          looksLike: ({ expected, facts }) =>
            /^(an empty text|space and nothing else)/.test(expected) &&
            facts.value !== undefined,
          hint: "A text with nothing in it but space was taken. Measure it when the space is gone.",
        },
        {
          id: "M14",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "No answer came. Whoever sends a bad text wants to know it: a refusal is an answer too.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        const x500 = "x".repeat(500);
        for (const [what, text] of [
          ["space around it", "  two  words \n"],
          ["one character", "0"],
          ["500 characters", x500],
          ["500 characters with space around them", ` ${x500}\t`],
          ["250 emojis, whose length is 500", "👋".repeat(250)],
        ] as const)
          await takes(bob, alice, [what, { text }], text.trim());
        for (const [what, text] of [
          ["an empty text", ""],
          ["space and nothing else", " \n\t "],
          ["501 characters", `${x500}x`],
          ["5 000 characters", "x".repeat(5_000)],
          ["251 emojis, whose length is 502", "👋".repeat(251)],
        ] as const)
          await refuses(bob, alice, [what, { text }]);
        await nothingMore(world, 5);
      },
    },
    {
      id: "without-ack",
      title: "Without an acknowledgement nothing is different, or breaks",
      kind: "base",
      hints: [
        "What does your handler call when the client sent no function along?",
        "The acknowledgement, if there is one, is the last argument, whatever came before it. The payload is the first.",
        'args.at(-1) is the last argument; typeof tells whether it is a "function".',
      ],
      mistakes: [
        {
          id: "M17",
          looksLike: ({ fault, received }) =>
            fault !== null &&
            /TypeError/.test(received) &&
            !/is not a function/.test(received),
          hint: "With an acknowledgement the bad call was refused, without one it ended the server. Is the payload looked at on both ways?",
        },
        {
          id: "ignored-without-ack",
          looksLike: ({ facts, received }) =>
            facts.heardBy?.length === 0 ||
            received.endsWith("heard nothing") ||
            received.includes("and not again"),
          hint: "A good message came without an acknowledgement, and nobody heard it. Whoever does not ask for an answer still means what they say.",
        },
        {
          id: "ack-not-last",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "An argument more than usual came before the acknowledgement, and no answer came. Count from the end.",
        },
        {
          id: "spoken-unlooked",
          looksLike: ({ received }) => received.includes("heard"),
          hint: "A bad call without an acknowledgement was sent on to everyone. There is nobody to answer, and all the same something to refuse.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        for (const [, ...args] of MALFORMED) {
          alice.emit("message:send", ...args);
          alice.emit("message:send", ...args, "no function");
          await alice.ask("message:send", [...args, "more"], REFUSED);
        }
        await nothingMore(world);
        for (const more of [[], ["no function"], [{}]]) {
          const text = `Nobody needs to answer, with ${more.length} more`;
          alice.emit("message:send", { text }, ...more);
          await world.audience("message:new", [alice, bob], { text });
        }
        const text = "Answer me, please";
        await alice.ask("message:send", [{ text }, "more", 2], SENT);
        await world.audience("message:new", [alice, bob], { text });
        nothingHidden(world);
      },
    },
    {
      id: "prototype",
      title: "Fields called __proto__ or constructor change nothing",
      kind: "base",
      hints: [
        "What does your server do with all the fields of a payload: copy, merge, loop over them?",
        "An object has fields of its own, and others that it inherits. A client can send fields with the names of the inherited ones.",
        "Take out the one field that you need. Object.hasOwn(…) tells whether it is the object's own.",
      ],
      mistakes: [
        {
          id: "payload-asked",
          looksLike: ({ fault, received }) =>
            fault !== null &&
            /hasOwnProperty|toString|primitive value/.test(received),
          hint: "Your server asked the payload about itself, by calling a method on it. The client had sent a field of that name, and it was no method.",
        },
        {
          id: "merge-stumbles",
          looksLike: ({ fault }) => fault !== null,
          hint: "A payload with a field called __proto__ or constructor ended the server. What walks through all of its fields?",
        },
        {
          id: "prototype-polluted",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(EMPTY_AFTERWARDS) && facts.value !== undefined,
          hint: "An empty object suddenly had a text: one client has changed what every object in your server inherits. What copied fields into fields?",
        },
        {
          id: "prototype-merged",
          looksLike: ({ expected, facts }) =>
            (expected.startsWith(PROTO) || expected.startsWith(CONSTRUCTOR)) &&
            facts.value !== undefined,
          hint: "A payload without a text of its own was taken: its text was inherited. A copy by assignment treats a field called __proto__ in another way than you would think.",
        },
        {
          id: "unusual-fields-refused",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "A good message was refused because of the names of its other fields. What is ignored can be called anything.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ user: aString }, facts.value),
          hint: "Another user than Alice was named: the one whom her payload has in its __proto__.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        const ask = (call: Call) => refuses(bob, alice, call);
        // An object literal would set the prototype; JSON makes it a field like any other.
        await ask([PROTO, JSON.parse('{"__proto__":{"text":"inherited"}}')]);
        await ask([
          CONSTRUCTOR,
          { constructor: { prototype: { text: "inherited" } } },
        ]);
        await ask([EMPTY_AFTERWARDS, {}]);
        const text = "Only the text counts";
        const odd = JSON.parse(
          '{"__proto__":{"user":"admin","text":"inherited"},"constructor":1,"hasOwnProperty":1,"toString":null}',
        );
        const { id } = await alice.ask(
          "message:send",
          // Own fields first: a spread in a literal takes __proto__ along as a field.
          [{ ...odd, text }],
          SENT,
        );
        const user = guestName(alice);
        await world.audience("message:new", [alice, bob], { id, user, text });
        await ask([EMPTY_AFTERWARDS, {}]);
      },
    },
    {
      id: "internal",
      title: "debug:fail is INTERNAL, always in the same words; all go on",
      kind: "base",
      hints: [
        "debug:fail is broken on purpose, and later: after something awaited. Where does its error go?",
        "One function can stand around all handlers: it runs the handler, waits for it, and answers if that throws.",
        "try { await … } catch { ack(…) }. What is in the error belongs to your console: console.error(error).",
      ],
      mistakes: [
        {
          id: "ack-in-catch",
          looksLike: ({ fault, received }) =>
            fault !== null && /is not a function/.test(received),
          hint: "The error was caught, and then the server ended over the answer: nobody had sent a function along. A failure without an acknowledgement is a failure too.",
        },
        {
          id: "M16",
          looksLike: ({ fault }) => fault?.kind === "unhandled-rejection",
          hint: "debug:fail rejected a promise, and nothing handled it: that ended the server for all. A try is over by the time a promise fails, unless somebody waits inside it.",
        },
        {
          id: "not-caught",
          looksLike: ({ fault }) => fault !== null,
          hint: "debug:fail threw, and that ended the server for all. What stands between an error in a handler and the end of the process?",
        },
        {
          id: "one-ack-for-all",
          looksLike: ({ expected, received }) =>
            expected.startsWith(AT_ONCE) &&
            received.startsWith("no acknowledgement"),
          hint: "One failure was answered; of two at the same time, one was not. Whose acknowledgement does your server keep, and where?",
        },
        {
          id: "hidden-crash",
          looksLike: ({ received }) =>
            received.startsWith("no acknowledgement"),
          hint: "debug:fail failed, the server lives, and Alice waits for ever. Is the error caught far from the handler, for the whole process say? There nobody knows whom to answer.",
        },
        {
          id: "M18",
          looksLike: ({ expected }) => expected === NO_EVENT_TELLS,
          hint: "The answer tells nothing, and an event tells it all. There is more than one way out to a client.",
        },
        {
          id: "M18",
          looksLike: ({ facts }) =>
            / at .+:\d+|\.[cm]?[jt]s:\d/.test(JSON.stringify(facts.value)),
          hint: "A stack went out to the client. It shows how your server is built, and it is meant for you.",
        },
        {
          id: "M18",
          looksLike: ({ facts }) => LEAK.test(JSON.stringify(facts.value)),
          hint: "The error's own words went out to the client. They are written for you, and may hold an address or a password; debug:fail's do.",
        },
        {
          id: "changing-words",
          looksLike: ({ received }) => received === OTHER_WORDS,
          hint: "The text was another one the second time. What differs from one failure to the next is for your console: whoever asked can do nothing with it.",
        },
        {
          id: "failure-as-success",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "It failed, and the answer was ok: true. Is the error thrown away, or the promise not waited for?",
        },
        {
          id: "error-as-answer",
          looksLike: ({ facts }) =>
            matches({}, facts.value) &&
            (Object.keys(facts.value).length === 0 ||
              matches({ error: {} }, facts.value)) &&
            !matches({ error: { code: anything } }, facts.value),
          hint: "An object without a code came. An Error has no fields that JSON would take along, so little or nothing is left of it: answer with an object of your own.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) =>
            matches({ error: { code: aString } }, facts.value),
          hint: "The code is another one. The call was in order and the server failed: for that there is a code of its own.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await world.connect("Alice", "Bob");
        const texts = new Set<string>();
        const fail = async (client: Client, ...args: unknown[]) => {
          const answer = await client.ask("debug:fail", args, FAILED);
          texts.add(answer.error.message);
          if (LEAK.test(JSON.stringify(answer)))
            throw new Unmet(
              "an answer that tells nothing of the error",
              show(answer),
              { value: answer },
            );
          if (texts.size > 1)
            throw new Unmet("the same text as the last time", OTHER_WORDS, {
              value: answer,
            });
        };
        await fail(alice);
        await fail(alice, { text: "hello" });
        await fail(alice, null, "more");
        await inWords(AT_ONCE, Promise.all([fail(alice), fail(bob, {})]));

        alice.emit("debug:fail");
        alice.emit("debug:fail", { text: "hello" });
        alice.emit("debug:fail", "no function", 7);
        // When this one has failed, those before it have.
        await fail(alice);
        await nothingLeaks(world);
        nothingHidden(world);
        await bobIsWell(world, bob);
      },
    },
    {
      id: "too-large",
      title: "More than 100 000 bytes at once end that connection alone",
      kind: "base",
      hints: [
        "A text of a million characters is in memory before your handler sees it. Who could refuse it earlier?",
        "Socket.IO has a limit for what one client may send at once. It closes the connection of those who send more.",
        "maxHttpBufferSize is an option of new Server(httpServer, { … }), in bytes.",
      ],
      mistakes: [
        {
          id: "limit-too-low",
          looksLike: ({ received }) => received === THROWN_OUT,
          hint: "Less than 100 000 bytes were sent, and the connection was closed. It is text that is too long: it can be answered.",
        },
        {
          id: "not-quite-the-limit",
          looksLike: ({ expected }) => expected.includes("a little more"),
          hint: "300 000 bytes were too many, and a little more than 100 000 were not. Which number does your limit have? A kilobyte is not always a thousand.",
        },
        {
          id: "M20",
          looksLike: ({ received }) => received === STAYS_CONNECTED,
          hint: "300 000 bytes at once reached your handler. Unless it is told otherwise, Socket.IO takes up to a million.",
        },
        {
          id: "all-thrown-out",
          looksLike: ({ received }) =>
            received.startsWith("Bob's connection is gone") ||
            received.startsWith("Bob was disconnected"),
          hint: "Alice sent too much, and Bob lost his connection too. What does your server do when one of them is gone?",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol] = await world.connect(
          "Alice",
          "Bob",
          "Carol",
        );
        const send = (client: Client, length: number) =>
          client.emit("message:send", { text: "x".repeat(length) });
        await refuses(bob, alice, [
          "just less than 100 000 bytes",
          { text: "x".repeat(99_900) },
        ]);
        send(alice, 300_000);
        await isDisconnected(world, alice, "300 000 bytes");
        send(carol, 100_100);
        await isDisconnected(world, carol, "a little more than 100 000 bytes");
        await bobIsWell(world, bob);
      },
    },
    stillAlive,
    {
      id: "left-behind",
      title: "What else a client sends along is not sent on",
      kind: "stretch",
      hints: [
        "What is in message:new beside the four fields of the contract?",
        "Today nobody looks at a field called isAdmin. One day somebody will.",
        "A spread takes everything along: { ...payload }. Name the fields instead.",
      ],
      mistakes: [
        {
          id: "spread",
          looksLike: ({ received }) => received.includes("Bob heard"),
          hint: "A field that Alice made up went out to everyone, under the server's name. What puts her fields into the message?",
        },
      ],
      check: async ({ connect }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        const text = "I brought something along";
        const extra = { isAdmin: true, style: { color: "red" } };
        await alice.ask("message:send", [{ ...extra, text }], SENT);
        const heard = await bob.hears("message:new", { text });
        const taken = Object.keys(extra).filter((name) => name in heard);
        if (taken.length > 0)
          throw new Unmet(
            "Bob hears id, user, text and at",
            `Bob heard ${taken.join(" and ")} as well`,
            { value: heard },
          );
      },
    },
    {
      id: "deep",
      title: "A payload of 40 000 lists in each other harms nobody",
      kind: "stretch",
      hints: [
        "What in your server walks through a whole payload?",
        "A function that calls itself for each level comes to an end where the stack does.",
        "JSON.stringify, a deep copy and a spread that is sent on all walk. Reading one field does not.",
      ],
      mistakes: [
        {
          id: "recursion",
          looksLike: ({ fault, received }) =>
            fault !== null && received.includes("call stack"),
          hint: "Something in your server walked down 40 000 levels, and the stack ended before they did. Nobody had asked for what is in there.",
        },
        {
          id: "depth-as-failure",
          looksLike: ({ facts, received }) =>
            facts.heardBy?.length === 0 || received.includes("heard"),
          hint: "The server lives, and the message was lost. Its text was a good one, and the rest was to be ignored.",
        },
      ],
      check: async ({ connect, audience, timeline }) => {
        const [alice, bob] = await connect("Alice", "Bob");
        const text = "Deep down";
        const lists = "[".repeat(40_000) + "]".repeat(40_000);
        timeline.add({
          lane: "Alice",
          kind: "emit",
          text: `sent message:send { text: '${text}', more: [[[[…]]]] }`,
          event: "message:send",
        });
        // Past the client library, which walks through what it sends.
        alice.socket.io.engine?.write(
          `2["message:send",{"text":"${text}","more":${lists}}]`,
        );
        await audience("message:new", [alice, bob], { text });
      },
    },
  ],
};

export default lesson;

const NOBODY = "nobody hears what is refused";
const THROWN_OUT = "Alice was disconnected";
const STAYS_CONNECTED = "the connection stays open";
const AT_ONCE = "Alice and Bob at the same time: ";
const NO_EVENT_TELLS = "no event tells of the error";
const NOTHING_HIDDEN = "every error is caught where it belongs";
const OTHER_WORDS = "other words than the last time";

/** What must not leave the server: places in its code, addresses, words of a database or of Node. */
const LEAK =
  /\bat .+:\d+|\.[cm]?[jt]s:\d|mongodb(\+srv)?:\/\/|E11000|node_modules|"stack":/;

/** The name that the server gives a client. */
function guestName({ id }: Client): string {
  return `guest-${id.slice(0, 4)}`;
}

/** A text that was in order, and did not go through. */
function refusedAlthough(what: string): Mistake["looksLike"] {
  return ({ expected, facts }) =>
    expected.startsWith(`${what}: `) && matches({ ok: false }, facts.value);
}

/** The text of a message that somebody heard, or nothing. */
function textOf(value: unknown): string {
  return matches({ text: aString }, value) ? value.text : "";
}

/** Alice calls, and is answered. */
async function asks(
  alice: Client,
  [what, ...args]: Call,
  shape: Shape,
): Promise<void> {
  const asked = alice.ask("message:send", args, shape).catch((error) => {
    if (alice.socket.connected || !(error instanceof Unmet)) throw error;
    throw new Unmet(error.expected, THROWN_OUT);
  });
  await inWords(`${what}: `, asked);
}

/** Alice sends, is acknowledged, and Bob hears this text. */
async function takes(
  bob: Client,
  alice: Client,
  call: Call,
  text: string,
): Promise<void> {
  await asks(alice, call, SENT);
  await inWords(`${call[0]}: `, bob.hears("message:new", { text }));
}

/** Alice sends something malformed, and is refused. If it is taken, the report says what Bob heard. */
async function refuses(bob: Client, alice: Client, call: Call): Promise<void> {
  try {
    await asks(alice, call, REFUSED);
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    const { expected, received, facts } = error;
    if (!matches({ ok: true }, facts.value)) throw error;
    const value = await bob
      .hears("message:new", anything, PATIENCE / 2)
      .catch(() => facts.value);
    throw new Unmet(
      expected,
      value === facts.value
        ? received
        : `${received}, and Bob heard ${show(value)}`,
      { value },
    );
  }
}

/** Proves that nobody has heard more messages than so many good ones. */
async function nothingMore(
  { clients, settle }: World,
  good = 0,
): Promise<void> {
  await settle();
  for (const client of clients) {
    const last = client.heard("message:new")[good];
    if (last === undefined) continue;
    throw new Unmet(
      NOBODY,
      `${client.name} heard message:new ${showArguments(last.args)}`,
      { value: last.args[0] },
    );
  }
}

/** No event tells what an error says. */
async function nothingLeaks({ clients, settle }: World): Promise<void> {
  await settle();
  for (const client of clients)
    for (const { event, args } of client.heard())
      if (LEAK.test(JSON.stringify(args)))
        throw new Unmet(
          NO_EVENT_TELLS,
          `${client.name} heard ${event} ${showArguments(args)}`,
        );
}

/** No error has got out of a handler, even if something kept it from ending the process. */
function nothingHidden({ server: { survived } }: World): void {
  if (survived !== undefined) throw new Unmet(NOTHING_HIDDEN, survived);
}

/** The others are not harmed: Bob sends, and hears himself. */
async function bobIsWell({ settle }: World, bob: Client): Promise<void> {
  await settle();
  if (!bob.socket.connected)
    throw new Unmet("Bob stays connected", "Bob was disconnected");
  const text = "I am still here";
  const { id } = await bob.ask("message:send", [{ text }], SENT);
  await bob.hears("message:new", { id, text });
}

/** Waits until the server has closed the client's connection. */
async function isDisconnected(
  { server }: World,
  { name, socket }: Client,
  what: string,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    if (!socket.connected) resolve();
    socket.once("disconnect", () => resolve());
  });
  await patiently(server, closed, () => {
    throw new Unmet(
      `${name}, who sent ${what}, is disconnected`,
      STAYS_CONNECTED,
    );
  });
}
