import type { Mistake } from "../kit/lesson.ts";
import { type Shape, aString, anything, matches } from "../kit/shape.ts";

/** What people get wrong in lesson 12, by requirement, and the words that the check says it in. */

export const IS_RECOVERED = "connection is recovered";
export const SAME_ID = "the same id as before";
export const WHAT_WAS_SAID = "hears what was said meanwhile, each once: ";
export const WITHOUT_JOINING = "without joining again: ";
export const ANNOUNCED = "when Bob is back: ";
export const REJOINED =
  "when Carol, recovered, joins a room that she has kept: ";
export const LET_IN = "he was let in";
export const WITH_OFFSET = "with the offset of the last one he heard: ";
export const FROM_THE_BEGINNING = "with offset 0: ";
export const AT_THE_END = "with the offset of the last one of all: ";
export const BEYOND_THE_END = "with an offset beyond the end: ";
export const OTHERS = "the others hear nothing of what Bob has missed";
export const NEWCOMER = "a newcomer, without an offset: ";
export const MISSED_501 = "who has missed 501: ";
export const MISSED_500 = "who has missed 500: ";
export const AFTER_THE_RESTART = "after the restart: ";
export const ALL_OF_THEM = "what he missed and what he hears, together: ";
export const OTHER_CHANGES =
  "after another program has changed messages, and deleted them: ";
export const BROKEN_TWICE = "after the line to the database broke twice: ";
export const INHERITED = "in a room named constructor, without an offset: ";

/** Why a client was not recovered, as far as it can know. */
export interface NotRecovered {
  /** Whether the server gave it a session to come back to. */
  session: boolean;
  /** Whether it knows the place up to which it has heard everything. */
  place: boolean;
}

/** How an answer to room:join stands to what was to come. */
export interface Given {
  /** The `seq` of what came, in that order. */
  came: readonly unknown[];
  expected: readonly number[];
  truncated: unknown;
}

function was(shape: Shape): Mistake["looksLike"] {
  return ({ facts }) => matches(shape, facts.value);
}

function about(...words: string[]): Mistake["looksLike"] {
  return ({ expected }) => words.some((some) => expected.includes(some));
}

function both(...looks: Mistake["looksLike"][]): Mistake["looksLike"] {
  return (failure) => looks.every((look) => look(failure));
}

/** Recognises an answer to room:join by what came, and what was to come. */
function given(looks: (given: Given) => boolean): Mistake["looksLike"] {
  return ({ facts: { value } }) =>
    matches({ came: anything, expected: anything }, value) &&
    looks(value as unknown as Given);
}

const isRight = ({ came, expected }: Given) => came.join() === expected.join();

const hasNoList: Mistake["looksLike"] = ({ facts: { value } }) =>
  matches({ ok: true, room: aString }, value) &&
  !Array.isArray((value as { missed?: unknown }).missed);

const csrOff: Mistake = {
  id: "not-kept",
  looksLike: was({ session: false }),
  hint: "Bob came back, and the server did not know him: whoever loses the line is forgotten at once. Socket.IO can keep a connection's state for a time, if it is told to.",
};

const toldTwice: Mistake = {
  id: "told-twice",
  looksLike: ({ facts }) =>
    (facts.heardBy?.includes("Alice") ?? false) && (facts.times ?? 0) > 1,
  hint: "What is said over your server is told when it is stored, and once more when the database reports it. One of the two has to know of the other.",
};

/** In any requirement. */
export const anywhere: readonly Mistake[] = [
  {
    id: "M43",
    looksLike: ({ fault, received }) =>
      fault !== null && /TypeError|Cannot |BSON|Mongo/.test(received),
    hint: "What a client brought with it has ended the server. Everything in the handshake is the client's choice, the offsets too.",
  },
];

export const recovered: readonly Mistake[] = [
  toldTwice,
  {
    id: "welcome-without-recovered",
    looksLike: ({ expected, received }) =>
      expected.includes("welcome") && received.startsWith("welcome "),
    hint: "welcome came, and does not say rightly whether the connection was recovered. A client that knows it need not join its rooms again. The socket itself knows.",
  },
  {
    id: "no-welcome",
    looksLike: about("welcome"),
    hint: "No welcome came. It is for everyone who connects, whether it is for the first time or not, and nobody may miss it.",
  },
  csrOff,
  {
    id: "M45",
    looksLike: was({ session: true, place: false }),
    hint: "The server kept Bob's state, and Bob did not know the place from which to go on. A client learns its place with each event that it hears, but not from one that is volatile or waits for an answer. At the time of the cut Bob had heard nothing but your welcome.",
  },
  {
    id: "forgotten-too-soon",
    looksLike: was({ session: true, place: true }),
    hint: "The line was gone for a moment, Bob knew his place, and the server had forgotten him already. How long is his state kept, and in which unit is that?",
  },
  {
    id: "return-not-told",
    looksLike: about(ANNOUNCED),
    hint: "When Bob's line broke, the others heard that he had left. Now he is in his room again, without having joined it, and for them he is still gone. Who tells them?",
  },
  {
    id: "M48",
    looksLike: both(
      about(WHAT_WAS_SAID),
      ({ facts }) => (facts.times ?? 0) > 1,
    ),
    hint: "Bob's connection was recovered: Socket.IO gave him all he had missed. Then your server gave it to him again. Who looks whether there is anything left to do?",
  },
  {
    id: "lost-meanwhile",
    looksLike: about(WHAT_WAS_SAID),
    hint: "The connection was recovered, and some of what was said meanwhile did not come. Events that are volatile, or that wait for an answer, are not kept for those who are away.",
  },
  {
    id: "rooms-lost",
    looksLike: about(WITHOUT_JOINING),
    hint: "The connection was recovered, and Bob is out of his room. Socket.IO puts him back into the rooms he was in: does something of yours take him out, or keep a list of its own?",
  },
];

export const afterTyping: readonly Mistake[] = [
  toldTwice,
  {
    id: "M46",
    looksLike: was({ session: true }),
    hint: "Somebody typed, then the line was cut, and the connection could not be recovered. A volatile event carries no place. If its last argument is a text, the client takes that for its place, and no server knows it.",
  },
];

export const gate: readonly Mistake[] = [
  {
    id: "gate-skipped",
    looksLike: ({ received }) => received === LET_IN,
    hint: "Bob lost the line, and came back with a token that nobody knows: he was let in. Who is recovered passes by the middlewares, unless you say otherwise. Whoever was shut out in the meantime must not slip in again.",
  },
  {
    id: "other-refusal",
    looksLike: was({ message: anything }),
    hint: "Bob was refused as he should be, in other words than at the first time.",
  },
];

export const missed: readonly Mistake[] = [
  {
    id: "kept-room-given",
    looksLike: about(REJOINED),
    hint: "Carol was recovered, and then joined a room that she was in all the time, as a client may do to be sure. What was said there has come to her already. What is left to be given, and what does an answer look like that gives nothing?",
  },
  {
    id: "no-list",
    looksLike: hasNoList,
    hint: "Bob joined, and the answer has no list of what he has missed. Socket.IO keeps nothing for somebody who has left. He himself knows how far he has heard: he brings that as offsets.",
  },
  {
    id: "told-to-all",
    looksLike: about(OTHERS),
    hint: "Bob came back, and everyone in the room heard again what only he had missed. It is an answer to him: what reaches nobody else?",
  },
  {
    id: "offset-included",
    looksLike: both(
      about(WITH_OFFSET, AT_THE_END),
      given(
        ({ came, expected }) =>
          came.length === expected.length + 1 &&
          came.slice(1).join() === expected.join(),
      ),
    ),
    hint: "The last message that Bob had heard came again. His offset is the seq of one that he has: what he missed begins behind it.",
  },
  {
    id: "offset-unknown",
    looksLike: both(
      about(AT_THE_END, BEYOND_THE_END),
      given(({ came }) => came.length > 0),
    ),
    hint: "Somebody is further than your last message, and is told of some all the same. Nothing comes after his offset: then the list is empty.",
  },
  {
    id: "descending",
    looksLike: given(
      ({ came, expected }) =>
        came.length > 1 && came.toReversed().join() === expected.join(),
    ),
    hint: "The right messages came, the newest first. People read from the oldest to the newest.",
  },
  {
    id: "offset-ignored",
    looksLike: given(({ came, expected }) => came.length > expected.length),
    hint: "More came than what was missed. Bob said how far he has heard: where does your server look for that? It is in his handshake, under offsets, by the name of the room.",
  },
  {
    id: "not-all",
    looksLike: given((list) => !isRight(list)),
    hint: "What came is not all that was said after the offset. Which messages belong to it: those with a greater seq, whoever sent them and whenever.",
  },
  {
    id: "other-truncated",
    looksLike: given(({ truncated }) => truncated !== false),
    hint: "The list is right. truncated is to be there as well, and false: nothing was left out.",
  },
  {
    id: "other-message",
    looksLike: was({ other: anything }),
    hint: "The right messages are there, in another form than message:new has. A client has one way to read a message, whichever way it comes.",
  },
];

export const restart: readonly Mistake[] = [
  {
    id: "M49",
    looksLike: (failure) =>
      hasNoList(failure) ||
      given(({ came, expected }) => came.length < expected.length)(failure),
    hint: "The server was started anew, and what Bob had missed is lost. What Socket.IO keeps for those who are away, and what you keep in a variable, is gone with the process. The messages themselves are not.",
  },
  {
    id: "offset-ignored",
    looksLike: given(() => true),
    hint: "The server was started anew, and Bob was told of other messages than those he had missed.",
  },
];

export const bounded: readonly Mistake[] = [
  {
    id: "newcomer-gets-all",
    looksLike: both(
      about(NEWCOMER),
      given(({ came }) => came.length > 50 && came[0] === 1),
    ),
    hint: "A newcomer was given the whole past. He has missed nothing: the newest 50 are there so that the page is not empty.",
  },
  {
    id: "newcomer-gets-oldest",
    looksLike: both(
      about(NEWCOMER),
      given(({ came }) => came[0] === 1),
    ),
    hint: "A newcomer was given the first 50 messages of the room. He wants to read what is said now.",
  },
  {
    id: "newcomer-gets-none",
    looksLike: both(
      about(NEWCOMER),
      given(({ came }) => came.length === 0),
    ),
    hint: "A newcomer was given nothing. Who brings no offset is to see the newest 50.",
  },
  {
    id: "newcomer",
    looksLike: both(
      about(NEWCOMER),
      given((list) => !isRight(list)),
    ),
    hint: "A newcomer was given other messages than the newest 50, from the oldest of them to the newest.",
  },
  {
    id: "zero-is-none",
    looksLike: both(
      about(FROM_THE_BEGINNING),
      given(({ came }) => came[0] !== 1),
    ),
    hint: "Somebody with offset 0 was taken for a newcomer. 0 is a good offset: it says “I have heard nothing yet, tell me from the beginning”. A look with ! or || takes it for none.",
  },
  {
    id: "unbounded",
    looksLike: both(
      about(MISSED_501),
      given(({ came }) => came.length > 500),
    ),
    hint: "Somebody was away for long, and was given everything at once. Who stays away for a year must not bring your server down with one join.",
  },
  {
    id: "oldest-left-out",
    looksLike: both(
      about(MISSED_501),
      given(({ came, expected }) => came.at(-1) === (expected.at(-1) ?? 0) + 1),
    ),
    hint: "Of what was missed the oldest was left out. The client reads on from where it stopped, and asks for the rest after; a hole in the middle it would never find.",
  },
  {
    id: "truncated-too-soon",
    looksLike: both(
      about(MISSED_500),
      given(({ truncated }) => truncated === true),
    ),
    hint: "Exactly 500 were missed, all of them came, and truncated says that there are more. How can one know whether there is one more without counting all?",
  },
  {
    id: "truncated",
    looksLike: given((list) => isRight(list)),
    hint: "The messages are right, and truncated is not: it is true if some were left out, and false if not. A newcomer's is false.",
  },
  {
    id: "by-time",
    looksLike: given(
      ({ came, expected }) => came.length === 0 && expected.length > 0,
    ),
    hint: "Many messages were missed, and none was given. Here all of them were stored in the same millisecond: what comes after an offset is told by seq, and by nothing that two messages can have in common.",
  },
  {
    id: "cut-short",
    looksLike: given(({ came, expected }) => came.length < expected.length),
    hint: "Fewer came than the contract says: 500 of what was missed. Does a limit of another call stand in the way?",
  },
];

export const oddOffsets: readonly Mistake[] = [
  {
    id: "M43",
    looksLike: both(
      about("with offset"),
      given(() => true),
    ),
    hint: "An offset that is no whole number from 0 on was used all the same. A client may bring anything: as a number, a text or true becomes something else than it was, and an object becomes an order to your database.",
  },
  {
    id: "inherited-offset",
    looksLike: about(INHERITED),
    hint: "The room is named constructor, and nobody brought an offset for it. Every object has a property of that name. Is what you found a number?",
  },
  {
    id: "M43",
    looksLike: was({ ok: false }),
    hint: "Odd offsets were answered with another code than BAD_REQUEST. They are the client's mistake: look at them before the database does.",
  },
];

export const noGap: readonly Mistake[] = [
  {
    id: "M42",
    looksLike: about(ALL_OF_THEM),
    hint: "Alice spoke at the moment at which Bob joined: it was too late to be in what he was given, and too early for him to hear it. If one reads first and joins then, there is such a moment. What about the other way round?",
  },
];

export const changes: readonly Mistake[] = [
  toldTwice,
  {
    id: "other-changes",
    looksLike: about(OTHER_CHANGES),
    hint: "Another program changed messages and deleted them, and your server did not take it well. A change stream tells of that, too, and not all that it tells has a whole document. Which kinds of change are news?",
  },
  {
    id: "not-resumed",
    looksLike: about(BROKEN_TWICE),
    hint: "What was stored while the line to the database was broken was not told. The driver takes up a change stream once by itself, and when that fails the stream is over. Somebody has to begin another one, and from now on is too late for it: each change has a place.",
  },
  {
    id: "not-told",
    looksLike: ({ received }) =>
      received === "nobody heard it" ||
      received.includes("before, and not again"),
    hint: "Another program stored a message, and the room heard nothing. The database can tell your server of every change: that is a change stream, and collection.watch() opens one.",
  },
  {
    id: "raw-document",
    looksLike: was({ text: anything }),
    hint: "The room heard of it, in another form than message:new has. A document is not yet a message: id is its _id as text, at its createdAt.",
  },
];
