import { setTimeout as sleep } from "node:timers/promises";
import { gatekeepers, tokenOf, userOf } from "../kit/tokens.ts";
import type { Client } from "../kit/client.ts";
import { CouldNotTell } from "../kit/could-not-tell.ts";
import type { Lesson, Mistake, World } from "../kit/lesson.ts";
import { PATIENCE, pass } from "../kit/patience.ts";
import { aString, anything, describeShape, matches } from "../kit/shape.ts";
import { heardBy } from "../kit/recognise.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { list } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";
import { AbsentMember } from "./absent-member.ts";
import {
  SWAPPED,
  assertProtocol,
  assertTypedServer,
} from "./protocol-types.ts";

// Who is who: Alice types, Bob is in the room with her, Carol is in another room, Dave in none.

const ROOM = "tea";
const OTHER_ROOM = "coffee";

/** A socket is heard typing at most once in so many milliseconds. */
const PAUSE = 1_000;

/** When a socket tries again too early, in milliseconds after its first time. */
const TOO_EARLY = 700;

/** How long after the pause a server's own timer may need, in milliseconds. */
const MARGIN = 60;

/** "At once" is said of people: so much is for the way, in milliseconds. */
const AT_ONCE = 400;

const KEYS = 10;

/** The pause between two keys of somebody who types on, in milliseconds of patience. */
const KEY_PAUSE = 100;

/** How often it is looked whether it has been heard, in milliseconds of patience. */
const STEP = 20;

const unanswered: Mistake["looksLike"] = ({ received }) =>
  received.startsWith("no acknowledgement");

const lesson: Lesson = {
  name: "08-typing",
  keeps: ["01-one-server", "06-rooms", "07-gatekeepers"],
  needs: gatekeepers,
  mistakes: [
    {
      id: "M13",
      looksLike: ({ fault, received }) =>
        fault !== null && /is not a function/.test(received),
      hint: "Your server called something as a function that was none. typing:start may come without an acknowledgement: a client that types does not wait for one.",
    },
    {
      id: "M17",
      looksLike: ({ fault, received }) =>
        fault !== null && /TypeError|Cannot /.test(received),
      hint: "A payload that was not as your types say has ended the server. Types are gone when the server runs: they check your code, and nothing that comes in.",
    },
  ],
  requirements: [
    {
      id: "protocol",
      title: "protocol.ts has the types, and a wrong event does not compile",
      kind: "base",
      hints: [
        "Beside server.ts there is to be a file that says which events there are, and what they carry.",
        "An interface can have events for keys. The type of each is that of its listener: a function that takes the payload and gives nothing back.",
        "export interface ServerToClientEvents { typing: (payload: { room: string; user: string }) => void } is how one event is written. A name with a colon stands in quotes.",
      ],
      mistakes: [
        {
          id: "no-protocol-file",
          looksLike: ({ received }) => received === "there is no such file",
          hint: "There is no protocol.ts yet. The types stand in a file of their own, so that a client can import them too and not the server.",
        },
        {
          id: "not-exported",
          looksLike: ({ received }) => received === "it does not",
          hint: "protocol.ts does not give away a type of that name. Look at how it is spelt, and whether it is exported.",
        },
        {
          id: "lists-swapped",
          looksLike: ({ received }) => received === SWAPPED,
          hint: "typing is in the list of what clients send. Who sends it, and who hears it?",
        },
        {
          id: "any-event",
          looksLike: itCompiles(/does not exist/),
          hint: "An event with a slip of the pen in its name compiles. A type that has a place for every name, such as any or Record<string, …>, finds no slip.",
        },
        {
          id: "M46",
          looksLike: itCompiles(/a text instead/),
          hint: "A bare text as payload compiles. Events carry one object here: it can grow, and a text as the last argument of a volatile event would keep lost connections from being recovered, four lessons on.",
        },
        {
          id: "any-payload",
          looksLike: itCompiles(/without a user|a number as/),
          hint: "A payload without its fields, or with others, compiles. any and unknown take everything: say which fields there are, and of what type.",
        },
        {
          id: "other-payload",
          looksLike: ({ expected }) => expected.endsWith(" compiles"),
          hint: "Something that the contract allows does not compile. TypeScript says which part of it your types do not know: compare it with the contract.",
        },
      ],
      check: assertProtocol,
    },
    {
      id: "typed-server",
      title: "TypeScript has no objection, and the server uses the types",
      kind: "base",
      hints: [
        "Your editor underlines what TypeScript objects to; npx tsc prints it.",
        "The types do nothing as long as no one uses them. Whose events are they?",
        "The class Server has places for types, in pointed brackets: events that come in, events that go out, events between servers, and the data of a socket.",
      ],
      mistakes: [
        {
          id: "types-not-used",
          looksLike: ({ received }) => received.startsWith("it would compile"),
          hint: "Your server would compile whatever stood in protocol.ts. Importing the types is not enough: something has to be told that these are its events.",
        },
        {
          id: "unknown-event",
          looksLike: ({ received }) =>
            /not assignable to parameter of type '"|EventNames|"never"/.test(
              received,
            ),
          hint: "Your server emits, or listens to, an event that protocol.ts does not have, or not in this direction. Which of the two is wrong?",
        },
        {
          id: "type-error",
          looksLike: ({ received }) => received.startsWith("TypeScript"),
          hint: "The line is named above. What runs today may break with the next change, and TypeScript says so now. Read its message from the end: the last part is the cause.",
        },
      ],
      check: assertTypedServer,
    },
    {
      id: "typing",
      title: "typing:start is heard by the others in the room, as typing",
      kind: "base",
      hints: [
        "Who is in a room and types knows that already. Who does not?",
        "It is a call like message:send: a payload with a room, and an acknowledgement if the client wants one.",
        "socket.to(…) speaks to a room without that socket. The payload is an object with room and user.",
      ],
      mistakes: [
        {
          id: "not-at-once",
          looksLike: ({ received }) => received.startsWith("it came after"),
          hint: "The first start is to be passed on at once, and yours was late. A pause comes after what is heard, not before.",
        },
        {
          id: "every-socket-waits",
          looksLike: ({ expected, received }) =>
            expected.includes("user: 'bob'") && received === "nobody heard it",
          hint: "Alice typed, and so Bob was not heard. Each socket has a second of its own.",
        },
        {
          id: "second-for-each-user",
          looksLike: ({ expected, received }) =>
            expected.includes("Alice and Bob") &&
            received === "nobody heard it",
          hint: "Alice typed in one tab, and was not heard in the other. The second is for each socket, not for each user.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice", "Alice in tab 2", "Bob"),
          hint: "Alice types, and hears that she does. What you call emit on includes her.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice"),
          hint: "Alice types, and only she is told. It is news for the others.",
        },
        {
          id: "M7",
          looksLike: heardBy("Alice in tab 2", "Bob", "Carol", "Dave"),
          hint: "Carol and Dave are not in the room, and heard who types in it. broadcast alone speaks to everyone else, wherever they are.",
        },
        {
          id: "M46",
          looksLike: ({ facts, received }) =>
            typeof facts.value === "string" || received === MORE_ARGUMENTS,
          hint: "typing did not come as one object. With connection state recovery (lesson 12) Socket.IO takes a text at the end of an event for the place to go on from; a volatile event with such a text spoils the recovery. So it is an object, and nothing else.",
        },
        {
          id: "M19",
          looksLike: ({ facts }) => matches({ user: FALSE_USER }, facts.value),
          hint: "Alice said in her payload that somebody else types, and your server passed it on.",
        },
        {
          id: "M14",
          looksLike: unanswered,
          hint: "typing:start came with an acknowledgement, and no answer came. Every call is answered if the client wants it, this one with { ok: true }.",
        },
        {
          id: "other-fields",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "typing came, and its fields are not those of the contract. Compare them one by one, room and user.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await inTheirRooms(world);
        const tab = await world.client("Alice in tab 2");
        await tab.ask("room:join", [{ room: ROOM }], { ok: true });
        const typing = { room: ROOM, user: "alice" };
        alice.emit("typing:start", { room: ROOM, user: FALSE_USER });
        const atOnce = { limit: AT_ONCE };
        await world.audience("typing", [bob, tab], typing, atOnce);
        const args = bob.heard("typing")[0]?.args ?? [];
        if (args.length > 1)
          throw new Unmet(
            `typing ${describeShape(typing)} and nothing else`,
            MORE_ARGUMENTS,
          );
        await bob.ask("typing:start", [{ room: ROOM }], { ok: true });
        const bobsTyping = { room: ROOM, user: "bob" };
        await world.audience("typing", [alice, tab], bobsTyping);
        tab.emit("typing:start", { room: ROOM });
        await world.audience("typing", [alice, bob], typing);
      },
    },
    {
      id: "outsiders",
      title: "Who is not in the room, or asks oddly, is refused and unheard",
      kind: "base",
      hints: [
        "What does your server look at before it tells anybody?",
        "It is as with message:send: first whether the payload is well-formed, then whether the sender is a member.",
        "The same functions that check a room for the other calls do it for this one. Remember the time of a start only when it is passed on.",
      ],
      mistakes: [
        {
          id: "M23",
          looksLike: heardBy("Alice", "Bob"),
          hint: "Carol is not in that room, and was heard typing in it. Her membership was not looked at, or only after.",
        },
        {
          id: "refused-one-counts",
          looksLike: ({ expected, received }) =>
            expected.includes("carol") && received === "nobody heard it",
          hint: "Carol was refused in one room, and a moment later not heard in her own. What did your server remember of the start that it refused?",
        },
        {
          id: "room-converted",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "Something that is no name of a room was accepted as one. A list with a name in it looks like the name once it is made a text.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "The call was refused with another code than the contract's. Malformed is BAD_REQUEST, not a member is NOT_IN_ROOM, in this order.",
        },
        {
          id: "M14",
          looksLike: unanswered,
          hint: "A typing:start that is refused was not answered. Who asks for an acknowledgement waits for it.",
        },
      ],
      check: async (world) => {
        const [alice, , carol, dave] = await inTheirRooms(world);
        await dave.ask("room:join", [{ room: OTHER_ROOM }], { ok: true });
        carol.emit("typing:start", { room: ROOM });
        await world.audience("typing", [], {});
        await carol.ask("typing:start", [{ room: ROOM }], no("NOT_IN_ROOM"));
        for (const payload of ODD_PAYLOADS) {
          alice.emit("typing:start", payload);
          await alice.ask("typing:start", [payload], no("BAD_REQUEST"));
        }
        alice.emit("typing:start");
        await alice.ask("typing:start", [], no("BAD_REQUEST"));
        await world.audience("typing", [], {});
        // Nothing of that counts: she has not been heard typing yet.
        carol.emit("typing:start", { room: OTHER_ROOM });
        const typing = { room: OTHER_ROOM, user: "carol" };
        await world.audience("typing", [dave], typing);
      },
    },
    {
      id: "throttle",
      title: "A socket is heard typing once a second, in all rooms together",
      kind: "base",
      hints: [
        "A client may send typing:start for every key. When was this socket last heard?",
        "Each socket has a time of its own, and only one for all its rooms. It changes when a start is passed on, and at no other moment.",
        "A variable inside the connection handler belongs to one socket. performance.now() is a clock that only goes forward, in milliseconds.",
      ],
      mistakes: [
        {
          id: "each-room-for-itself",
          looksLike: ({ received }) => received.endsWith(IN_OTHER_ROOM),
          hint: "Alice was heard in one room, and within the same second in another. The second is for all her rooms together.",
        },
        {
          id: "pause-too-short",
          looksLike: ({ received }) => received.endsWith(TOO_SOON),
          hint: "Alice was heard again before a second was over. The second begins when she was heard, not when the clock strikes.",
        },
        {
          id: "sent-later",
          looksLike: ({ received }) => received.endsWith(BY_ITSELF),
          hint: "A typing came at a moment when nobody typed. A start that is not passed on at once is not passed on at all: do you keep it for later, with a timer?",
        },
        {
          id: "not-throttled",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "Alice pressed ten keys, and was heard more than once. The others need to know it once.",
        },
        {
          id: "pause-too-long",
          looksLike: ({ received }) => received === TOO_LATE,
          hint: "Alice typed on, and was heard again, but only after more than a second. How long is your pause, and in which unit?",
        },
        {
          id: "each-attempt-counts",
          looksLike: ({ received }) => received === HEARD_AFTER_SILENCE,
          hint: "Whoever types on without a break is heard once, and then no more until the break. Starts that were not passed on must not begin a new second.",
        },
        {
          id: "never-again",
          looksLike: ({ received }) => received === NEVER_AGAIN,
          hint: "Alice was heard typing once, and never again. What your server remembers of her has to lose its meaning after a second.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol] = await inTheirRooms(world);
        // So that Carol hears it in whichever room.
        await carol.ask("room:join", [{ room: ROOM }], { ok: true });
        await alice.ask("room:join", [{ room: OTHER_ROOM }], { ok: true });

        const began = await pressKeys(alice, world);
        const typing = { room: ROOM, user: "alice" };
        await world
          .audience("typing", [bob, carol], typing)
          .catch((error: unknown) => {
            // Then the last of her keys may have come a second after the first.
            assertWithinPause(began);
            throw error;
          });
        const heard = performance.now();
        const bobBegan = performance.now();
        bob.emit("typing:start", { room: ROOM });
        await carol.hears("typing", { room: ROOM, user: "bob" });

        const silence = (who: Client, when: string, end?: number) =>
          assertSilence(world, { who, listener: carol, when, end });
        await until(began + TOO_EARLY, world);
        alice.emit("typing:start", { room: ROOM });
        await silence(alice, TOO_SOON, began + PAUSE);
        const typedOn = performance.now();
        alice.emit("typing:start", { room: OTHER_ROOM });
        await silence(alice, IN_OTHER_ROOM, began + PAUSE);
        await until(bobBegan + TOO_EARLY, world);
        bob.emit("typing:start", { room: ROOM });
        await silence(bob, TOO_SOON, bobBegan + PAUSE);

        await until(heard + PAUSE + MARGIN, world);
        await silence(alice, BY_ITSELF);
        // After a second without a key, a server that counts refused ones looks right.
        assertWithinPause(typedOn - MARGIN);
        await assertHeardAgain(world, alice, carol);
      },
    },
    {
      id: "volatile",
      title: "typing is volatile: who cannot hear it now never does",
      kind: "base",
      hints: [
        "Carol's line is gone for a moment. What should she hear of it when it is back?",
        "That somebody typed a minute ago helps nobody. Socket.IO can throw away what cannot be delivered at once.",
        "volatile is a word that stands before emit, like to or broadcast.",
      ],
      mistakes: [
        {
          id: "M51",
          looksLike: ({ received }) => received.includes("typing"),
          hint: "Carol's line was gone while Alice typed. When it was back she was told, long after: your server had kept it for her.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol] = await withAbsentCarol(world);
        alice.emit("typing:start", { room: ROOM });
        const typing = { room: ROOM, user: "alice" };
        await world.audience("typing", [bob], typing);
        const kept = await carol.returns();
        if (kept.some(({ event }) => event === "typing"))
          throw new Unmet(
            "Carol hears nothing of it when her line is back",
            `she hears ${inWords(kept)}`,
          );
      },
    },
    {
      id: "messages-kept",
      title: "Nothing else is volatile: it waits for who is not there",
      kind: "base",
      hints: [
        "Carol's line is gone for a moment again. This time Alice writes a message.",
        "What may be lost, and what may not? The word before emit is for one kind of event.",
        "volatile belongs to the emit of typing and to no other.",
      ],
      mistakes: [
        {
          id: "message-lost",
          looksLike: ({ expected, received }) =>
            expected.startsWith("Carol hears message:new") &&
            received.startsWith("she hears"),
          hint: "Carol's line was gone while Alice wrote. When it was back, the message was lost: your server had thrown it away like a typing.",
        },
        {
          id: "news-lost",
          looksLike: ({ expected, received }) =>
            expected.startsWith("Carol hears room:joined") &&
            received.startsWith("she hears"),
          hint: "Carol's line was gone while Dave came. When it was back she knew nothing of him: who is in a room is still true a minute later.",
        },
      ],
      check: async (world) => {
        const [alice, bob, carol] = await withAbsentCarol(world);
        const text = "Where are you, Carol?";
        alice.emit("message:send", { room: ROOM, text });
        const message = { room: ROOM, user: "alice", text };
        await world.audience("message:new", [alice, bob], message);
        const dave = await world.client("Dave");
        await dave.ask("room:join", [{ room: ROOM }], { ok: true });
        const kept = await carol.returns();
        for (const [name, shape] of [
          ["message:new", message],
          ["room:joined", { room: ROOM, user: "dave" }],
        ] as const) {
          const isThere = kept.some(
            ({ event, payload }) => event === name && matches(shape, payload),
          );
          if (!isThere)
            throw new Unmet(
              `Carol hears ${name} ${describeShape(shape)} when her line is back`,
              `she hears ${inWords(kept)}`,
            );
        }
      },
    },
    stillAlive,
    {
      id: "answered-in-any-case",
      title: "A start that is not passed on is acknowledged all the same",
      kind: "stretch",
      hints: [
        "What does a client hear that sends a second start within the second?",
        "It did nothing wrong, and it waits for its acknowledgement.",
        "Look at the return, or the if, that ends the handler early.",
      ],
      mistakes: [
        {
          id: "M14",
          looksLike: unanswered,
          hint: "The second start within a second was not passed on, as it should be, and its acknowledgement never came. The client waits for ever.",
        },
      ],
      check: async (world) => {
        const [alice] = await inTheirRooms(world);
        const answered = { ok: anything };
        await alice.ask("typing:start", [{ room: ROOM }], answered);
        await alice.ask("typing:start", [{ room: ROOM }], answered);
      },
    },
  ],
};

export default lesson;

const FALSE_USER = "admin";
const MORE_ARGUMENTS = "it came with more than one argument";
const IN_OTHER_ROOM = "in her other room";
const TOO_SOON = "before the second was over";
const BY_ITSELF = "when nobody typed";
const TOO_LATE = "nobody heard her for more than a second";
const HEARD_AFTER_SILENCE = "nobody heard her before she made a pause";
const NEVER_AGAIN = "nobody heard her any more";

/** What is no name of a room. */
const ODD_PAYLOADS: readonly unknown[] = [
  null,
  ROOM,
  7,
  {},
  { room: null },
  { room: [ROOM] },
  { room: { toString: ROOM } },
  { room: "two words" },
  { room: "" },
];

function no(code: string) {
  return { ok: false, error: { code, message: aString } };
}

/** Whether a line of TypeScript that is wrong in this way compiles. */
function itCompiles(what: RegExp): Mistake["looksLike"] {
  return ({ expected, received }) =>
    received === "it compiles" && what.test(expected);
}

/** Alice and Bob in one room, Carol in another one, Dave in none. */
async function inTheirRooms(
  world: World,
): Promise<readonly [alice: Client, bob: Client, carol: Client, dave: Client]> {
  const clients = await world.connect("Alice", "Bob", "Carol", "Dave");
  const [alice, bob, carol] = clients;
  for (const client of [alice, bob])
    await client.ask("room:join", [{ room: ROOM }], { ok: true });
  await carol.ask("room:join", [{ room: OTHER_ROOM }], { ok: true });
  return clients;
}

/** Alice and Bob in a room, and Carol, whose line is gone for a moment. */
async function withAbsentCarol(
  world: World,
): Promise<[alice: Client, bob: Client, carol: AbsentMember]> {
  const [alice, bob] = await world.connect("Alice", "Bob");
  for (const client of [alice, bob])
    await client.ask("room:join", [{ room: ROOM }], { ok: true });
  const auth = { token: tokenOf("Carol") };
  return [alice, bob, await AbsentMember.of(world, "Carol", auth, ROOM)];
}

function inWords(kept: readonly { event: string; payload: unknown }[]): string {
  const events = kept.map(({ event, payload }) => `${event} ${show(payload)}`);
  return events.length === 0 ? "nothing" : list(events);
}

/** Waits for a moment of `performance.now()`, and until the server has had a turn after it. */
async function until(moment: number, { server }: World): Promise<void> {
  for (let left = 0; left >= 0; left = moment - performance.now()) {
    await sleep(Math.min(left, 20));
    await server.ping();
  }
  await server.ping();
}

/**
 * Presses ten keys within a tenth of a second. The server gets a turn after each: a volatile event that
 * comes while another is being written is thrown away, and would not be seen here.
 *
 * @returns when the first was pressed
 */
async function pressKeys(client: Client, world: World): Promise<number> {
  const began = performance.now();
  for (let key = 0; key < KEYS; key++) {
    await until(began + key * 10, world);
    client.emit("typing:start", { room: ROOM });
  }
  return began;
}

/**
 * @param began a moment of `performance.now()`
 * @throws {CouldNotTell} when more than the second has passed in which a socket is heard once
 */
function assertWithinPause(began: number): void {
  if (performance.now() > began + PAUSE)
    throw new CouldNotTell(
      "this machine was too busy to type twice within a second",
    );
}

/** How often one client was heard typing by another. */
function timesHeard(who: Client, listener: Client): number {
  return listener
    .heard("typing")
    .filter(({ args }) => matches({ user: userOf(who.name) }, args[0])).length;
}

interface Silence {
  who: Client;
  /** Somebody who would hear it in whichever room. */
  listener: Client;
  when: string;
  /** A moment of `performance.now()`, from which on it may be heard again. */
  end?: number | undefined;
}

/**
 * A client has been heard once, and no more.
 *
 * @throws {CouldNotTell} when it was heard, and the machine was too slow to say whether it was too early
 */
async function assertSilence(
  world: World,
  { who, listener, when, end = Number.POSITIVE_INFINITY }: Silence,
): Promise<void> {
  await world.settle();
  const times = timesHeard(who, listener);
  if (times === 1) return;
  assertWithinPause(end - PAUSE);
  throw new Unmet(
    `${who.name} is heard typing once within a second`,
    `heard ${times} times, ${when}`,
  );
}

/** A second has passed, in which she typed on: now she is heard again. */
async function assertHeardAgain(
  world: World,
  who: Client,
  listener: Client,
): Promise<void> {
  const before = timesHeard(who, listener);
  const isHeard = async (patience: number) => {
    who.emit("typing:start", { room: ROOM });
    for (let waited = 0; waited < patience; waited += STEP) {
      await pass(STEP, world.server);
      if (timesHeard(who, listener) > before) return true;
    }
    return false;
  };
  if (await isHeard(PATIENCE / 2)) return;
  const expected = "after a second, Alice is heard typing again";
  const limit = performance.now() + PAUSE;
  while (performance.now() < limit)
    if (await isHeard(KEY_PAUSE)) throw new Unmet(expected, TOO_LATE);
  await until(performance.now() + PAUSE + MARGIN, world);
  throw new Unmet(
    expected,
    (await isHeard(PATIENCE / 2)) ? HEARD_AFTER_SILENCE : NEVER_AGAIN,
  );
}
