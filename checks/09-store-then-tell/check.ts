import { setTimeout as sleep } from "node:timers/promises";
import {
  LATE,
  REFUSAL_LIMIT,
  assertUnavailable,
  clear,
  cutLine,
  foundAgain,
  join,
  passes,
  say,
  storesMessage,
  whileHeld,
} from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { CouldNotTell } from "../kit/could-not-tell.ts";
import { IgnoredSigterm } from "../kit/faults.ts";
import { showAnswer } from "../kit/http.ts";
import type { Lesson, World } from "../kit/lesson.ts";
import { LimitClock, turnAFewTimes } from "../kit/patience.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import {
  aString,
  anIsoTime,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { gatekeepers } from "../kit/tokens.ts";
import { Unmet, allOf, inWords } from "../kit/unmet.ts";
import {
  FORGED,
  assertDocument,
  has,
  holds,
  onlyDocument,
  sendForged,
  wentTo,
} from "./documents.ts";
import {
  NOBODY,
  STILL_WAITING,
  type Start,
  Starts,
  UNREADABLE,
  assertInTime,
  startInWords,
} from "./starts.ts";

// Alice writes, Bob is in the room with her. Between the server and its database stands a tap.

const ROOM = "tea";
const TEXT = "Two sugars, please";

/** For so long the database keeps its answer back, in wall-clock milliseconds. */
const HELD = 300;

const GUESTS = 40;
const MOST_CONNECTIONS = 5;

const UP = { ok: true, db: "up" };
const DOWN = { ok: false, db: "down" };

/** How long a server may take to end, in wall-clock milliseconds. */
const END_LIMIT = 3_000;

/** Servers that have been without their database for a while. */
const experienced = new WeakSet<ServerProcess>();

const isDatabaseError = /Mongo|ECONN|topology|pool|socket/i;

const lesson: Lesson = {
  name: "09-store-then-tell",
  keeps: ["01-one-server", "06-rooms", "07-gatekeepers", "08-typing"],
  needs: { ...gatekeepers, database: {} },
  mistakes: [
    {
      id: "address-not-read",
      looksLike: ({ fault, output }) =>
        fault?.kind === "never-listened" ||
        (fault !== null && output.some((line) => line.includes(":27017"))),
      hint: "Your server did not get as far as listening: it waits for a database that does not answer. The address of the one that does is in MONGODB_URI.",
    },
    {
      id: "M16",
      looksLike: ({ fault, received }) =>
        fault !== null && isDatabaseError.test(received),
      hint: "The database was not there for a moment, and that ended your server for everyone. A promise that fails inside a handler needs somebody who catches it.",
    },
    {
      id: "M13",
      looksLike: ({ fault, received }) =>
        fault !== null && /is not a function/.test(received),
      hint: "Your server called something that is no function: that ended it for everyone. Was it looked at before it was called?",
    },
    {
      id: "M14",
      looksLike: ({ received }) => received.startsWith("no acknowledgement"),
      hint: "No answer came. Does every way through your handler answer, also when something in it fails?",
    },
  ],
  requirements: [
    {
      id: "stored",
      title: "message:send stores a document of exactly five fields",
      kind: "base",
      hints: [
        "What was said is to be there tomorrow. Look at the contract: which collection, which fields?",
        "MONGODB_URI says where the database server is, MONGODB_DB which of its databases is meant. The driver gives _id by itself.",
        "client.db(name).collection(name) is where documents go; insertOne takes one document and gives a promise. Write its fields down one by one.",
      ],
      mistakes: [
        {
          id: "nothing-stored",
          looksLike: wentTo("nowhere"),
          hint: "The message was acknowledged, and the database is still empty. What should happen to it before it is told?",
        },
        {
          id: "other-database",
          looksLike: wentTo("another database"),
          hint: "Your server uses another database than the one it was given. A database server holds many; MONGODB_DB is the name of yours.",
        },
        {
          id: "other-collection",
          looksLike: wentTo("another collection"),
          hint: "Something was stored, under another name than messages. Compare the name of your collection, letter by letter. Some libraries make a name of their own from that of a model.",
        },
        {
          id: "stored-twice",
          looksLike: ({ facts }) => (facts.times ?? 0) > 1,
          hint: "Alice sent one message, and there are several documents of it. Is it stored in more than one place?",
        },
        {
          id: "M19",
          looksLike: holds("user", FORGED.user),
          hint: "Alice said that she was admin, and so it stands in the database, for ever. Who she is follows from her token.",
        },
        {
          id: "payload-stored",
          looksLike: (failure) =>
            has("isAdmin")(failure) ||
            holds("seq", FORGED.seq)(failure) ||
            holds("_id", FORGED._id)(failure) ||
            holds("createdAt", FORGED.createdAt)(failure),
          hint: "What the client sent went into the database as it came, with fields that it made up. A payload is never a document: name the fields that you store.",
        },
        {
          id: "library-fields",
          looksLike: has("__v", "updatedAt"),
          hint: "There is a field that nobody asked for: your library adds it by itself. It has a setting for that.",
        },
        {
          id: "wire-stored",
          looksLike: has("at", "id"),
          hint: "What is told was stored: id and at are the names on the wire. In the database the id is _id, and the time is createdAt.",
        },
        {
          id: "date-as-text",
          looksLike: holds("createdAt", aString),
          hint: "createdAt is a text. It looks like a date and is none: the database cannot calculate with it. The wire has only texts, the database has dates.",
        },
        {
          id: "no-date",
          looksLike: (failure) =>
            has("createdAt")(failure) && !isDate(failure.facts.value),
          hint: "createdAt is no Date. MongoDB has a type for a moment, and the driver makes one of a JavaScript Date.",
        },
        {
          id: "not-trimmed",
          looksLike: ({ facts }) =>
            matches({ text: aString }, facts.value) &&
            facts.value.text !== facts.value.text.trim(),
          hint: "The text is stored with the space around it. What is told and what is stored are the same text.",
        },
        {
          id: "other-fields",
          looksLike: has("_id"),
          hint: "There is a document, and its fields are not those of the contract. Compare their names and their types one by one.",
        },
      ],
      check: async (world) => {
        const [alice] = await inTheRoom(world);
        const document = await sendForged(world, alice, ROOM, TEXT);
        assertDocument(document, { room: ROOM, user: "alice", text: TEXT });
      },
    },
    {
      id: "same-id",
      title: "The id that is told, in both places, is the stored _id",
      kind: "base",
      hints: [
        "A client that has a message's id must be able to find the message again. Where does an id come from, now that there is a database?",
        "The answer to Alice and message:new to the room carry the same id. It is that of the document.",
        "The driver makes an ObjectId and tells it: insertedId. toHexString() gives its 24 characters.",
      ],
      mistakes: [
        {
          id: "ids-differ",
          looksLike: ({ expected, facts }) =>
            expected.includes("hears") && matches({ id: aString }, facts.value),
          hint: "Alice was told one id in the answer, and another one in message:new. It is one message.",
        },
        {
          id: "id-no-text",
          looksLike: ({ facts }) =>
            matches({ id: anything }, facts.value) &&
            typeof facts.value.id !== "string",
          hint: "The id that was told is no text. An ObjectId is an object with bytes in it; on the wire it travels as 24 hexadecimal characters.",
        },
        {
          id: "other-id",
          looksLike: ({ expected, facts }) =>
            expected.includes("acknowledged") &&
            matches({ id: aString }, facts.value),
          hint: "The id that was told is not in the database. An id that your server makes up besides finds nothing there.",
        },
        {
          id: "nobody-heard",
          looksLike: ({ facts }) => facts.heardBy !== undefined,
          hint: "The message was stored, and those in the room were not told, or others were. Lesson 06 says who hears a message.",
        },
        {
          id: "other-message",
          looksLike: ({ facts }) => matches({}, facts.value),
          hint: "What was told is not what lesson 06 asked for: id, room, user, text and at in message:new, ok and id in the answer.",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await inTheRoom(world);
        await clear(world.database, ROOM);
        const { id } = await alice.ask(
          "message:send",
          [{ room: ROOM, text: TEXT }],
          { ok: true, id: anything },
        );
        const document = await onlyDocument(world, ROOM);
        const theOne = String(document._id);
        if (id !== theOne)
          throw new Unmet(
            `message:send is acknowledged with the _id of the document, '${theOne}'`,
            show(id),
            { value: { id } },
          );
        await world.audience("message:new", [alice, bob], {
          id: theOne,
          room: ROOM,
          user: "alice",
          text: TEXT,
          at: anIsoTime,
        });
      },
    },
    {
      id: "store-then-tell",
      title: "Nobody hears of a message before the database has it",
      kind: "base",
      hints: [
        "What has been told cannot be taken back. In which order do storing and telling happen in your handler?",
        "insertOne gives a promise. Until it is fulfilled, nothing is stored, and it may still fail.",
        "await the promise. The lines behind it, the emit and the ack, run when the database has answered.",
      ],
      mistakes: [
        {
          id: "M32",
          looksLike: ({ facts }) => (facts.heardBy?.length ?? 0) > 0,
          hint: "The database had not answered yet, and the room had heard the message already. If it cannot be stored now, everyone has read what does not exist.",
        },
        {
          id: "M32-ack",
          looksLike: ({ received }) => received === TOO_EARLY,
          hint: "The database had not answered yet, and Alice was told that all is well. ok is a promise: the message is stored.",
        },
        {
          id: "told-nobody",
          looksLike: ({ received }) => received.includes("nobody heard it"),
          hint: "The database answered after a while, and after that nobody heard of the message. What comes behind your await?",
        },
      ],
      check: async (world) => {
        const [alice, bob] = await inTheRoom(world);
        await whileHeld(() => nothingIsToldBefore(world, alice));
        await world.audience("message:new", [alice, bob], { text: TEXT });
      },
    },
    {
      id: "one-client",
      title: "40 sockets, 40 messages: at most 5 connections to the database",
      kind: "base",
      hints: [
        "How often does your server connect to the database, and when?",
        "A MongoClient is not one connection: it keeps a few open and lends them out. One is enough for a whole program.",
        "Make it where the file begins, outside of every handler, and use that one everywhere.",
      ],
      mistakes: [
        {
          id: "M30",
          looksLike: ({ facts }) => (facts.times ?? 0) > MOST_CONNECTIONS,
          hint: "Each message, or each socket, got connections of its own. Making one takes longer than storing a message, and a database server has room for so many only. Where is your MongoClient made?",
        },
      ],
      check: async (world) => {
        const { tap } = world.database;
        const { open, commands } = tap;
        // One after another: for calls at the same moment more would be right.
        for (let number = 1; number <= GUESTS; number++) {
          const guest = await world.client(`One of ${GUESTS} guests`);
          await join(`table-${number}`, guest);
          await say(guest, `table-${number}`, TEXT);
        }
        const carrying = tap.commands
          .slice(commands.length)
          .map(({ connection }) => connection);
        const connections = Math.max(new Set(carrying).size, tap.open - open);
        if (connections > MOST_CONNECTIONS)
          throw new Unmet(
            `${GUESTS} messages of ${GUESTS} sockets, one after another, need at most ${MOST_CONNECTIONS} connections to the database`,
            `there were ${connections}`,
            { times: connections },
          );
      },
    },
    {
      id: "outage",
      title: "Without its database: DB_UNAVAILABLE and 503 within 3 s",
      kind: "base",
      hints: [
        "Databases go away: a cable, a restart, a full disk. Who should know of it, and how soon?",
        "The driver looks for a lost database for half a minute before it gives up. It has a setting for that. /health has to look, too: what was true at the start may be so no longer.",
        "serverSelectionTimeoutMS is an option of MongoClient. Each call that fails throws: catch it, and answer. A ping tells whether the database answers.",
      ],
      mistakes: [
        {
          id: "health-unaware",
          looksLike: ({ expected, facts }) =>
            expected.startsWith(ALL_IS_WELL) && facts.status !== undefined,
          hint: "/health is asked while all is well. It is to say so of the database too: compare its answer with the contract.",
        },
        {
          id: "error-swallowed",
          looksLike: ({ facts }) => matches({ ok: true }, facts.value),
          hint: "Alice was told that her message is stored. The line to the database was cut: it cannot be. What happened to the error?",
        },
        {
          id: "M32",
          looksLike: ({ facts }) => (facts.heardBy?.length ?? 0) > 0,
          hint: "Nothing could be stored, and the room was told all the same. Telling is for what is stored.",
        },
        {
          id: "M33",
          looksLike: ({ expected, received }) =>
            expected.startsWith("message:send") &&
            /^(it did not come|it came after|no ack)/.test(received),
          hint: "Alice waits, and no answer comes for more than 3 s. The driver hopes that the database comes back, for 30 s unless you say otherwise. Where can you say it?",
        },
        {
          id: "M33-health",
          looksLike: ({ expected, received }) =>
            expected.startsWith("/health") &&
            /^(it did not come|it came after)/.test(received),
          hint: "/health did not answer within 3 s. Whoever asks whether all is well cannot wait for the database to come back.",
        },
        {
          id: "health-always-up",
          looksLike: ({ facts }) => matches({ health: UP }, facts.value),
          hint: "The line to the database was cut, and /health said that all is well. It tells what was true once. What would have to be asked each time?",
        },
        {
          id: "health-other",
          looksLike: ({ facts }) => facts.status !== undefined,
          hint: "/health noticed that something is wrong, and says it in other words than the contract's. Compare status, ok and db.",
        },
        {
          id: "other-code",
          looksLike: ({ facts }) => matches({ ok: false }, facts.value),
          hint: "Alice was refused, with another code than DB_UNAVAILABLE. It is no bug and not her mistake: she can try again later, and the code tells her so.",
        },
      ],
      check: async (world) => {
        const [alice] = await inTheRoom(world);
        await inWords(ALL_IS_WELL, healthIs(world, 200, UP));
        await say(alice, ROOM, TEXT);
        await world.audience("message:new", world.clients, { text: TEXT });
        // They wait as well, each with a server of its own: why not now?
        const starts = Starts.of(world);
        try {
          await lineIsCut(world, alice);
          await allOf([
            assertUnavailable(world, alice, ROOM, LOST),
            healthIs(world, 503, DOWN),
          ]);
          await world.audience("message:new", [], {});
        } catch (error) {
          starts.end(world);
          throw error;
        }
        await starts.settled();
      },
    },
    {
      id: "recovery",
      title: "When the database is back, all goes on without a restart",
      kind: "base",
      hints: [
        "The database has come back. What in your server still believes that it is away?",
        "The driver finds a lost database again by itself. A client that was closed finds nothing, and a variable that says “down” must be set back by somebody.",
        "Keep the client, whatever a call of it throws. Do not remember that a call failed: try the next one.",
      ],
      mistakes: [
        {
          id: "down-for-ever",
          looksLike: ({ received, facts }) =>
            matches({ ok: false }, facts.value) ||
            facts.status !== undefined ||
            /^no ack|did not come/.test(received),
          hint: "The database was back, and your server went on without it. Does it keep in mind that there was a failure, or has it closed its client?",
        },
      ],
      check: async (world) => {
        // In later lessons the room is read from the database: it has to be found first.
        if (experienced.has(world.server)) await foundAgain(world);
        const [alice, bob] = await inTheRoom(world);
        // The requirement before has seen to that, unless this one is judged alone.
        if (!experienced.has(world.server)) {
          await lineIsCut(world, alice);
          world.database.mend();
        }
        await foundAgain(world);
        await healthIs(world, 200, UP);
        await say(alice, ROOM, "Is there any left?");
        await world.audience("message:new", [alice, bob], { user: "alice" });
      },
    },
    {
      id: "start",
      title: "Started without a database, the server says so within 5 s",
      kind: "base",
      hints: [
        "Somebody starts your server and has mistyped the address. How do they find out?",
        "Either a server that cannot begin ends, with a line that says why and an exit code other than 0, or it listens and /health says 503. One whose address cannot even be read can only end.",
        "An error of new MongoClient(…) or of connect() that nobody catches ends Node with code 1 and prints it. If you catch it, print a line and call process.exit(1).",
      ],
      mistakes: [
        {
          id: "M33",
          looksLike: ({ received }) => received === STILL_WAITING,
          hint: "Nothing answers at that address, and your server waits there. After half a minute the driver would give up; people have gone for help by then.",
        },
        {
          id: "unreadable-accepted",
          looksLike: ({ expected, facts }) =>
            expected.includes(UNREADABLE) &&
            matches({ was: "answering" }, facts.value),
          hint: "An address that cannot be read will not become better by waiting, and yet your server goes on. Did something catch the error, or take a default instead?",
        },
        {
          id: "health-at-start",
          looksLike: ({ facts }) => matches({ was: "answering" }, facts.value),
          hint: "The server listens, and its /health does not say that the database is missing: 503, with ok false and db down.",
        },
        {
          id: "ended-well",
          looksLike: ({ facts }) =>
            matches({ was: "ended", code: 0 }, facts.value),
          hint: "Your server gave up, and its exit code says that all went well. Whatever started it looks at that number and nothing else.",
        },
        {
          id: "ended-silently",
          looksLike: ({ facts }) =>
            matches({ was: "ended", printed: false }, facts.value),
          hint: "Your server ended without a word. Whoever started it has to guess.",
        },
        {
          id: "too-late",
          looksLike: ({ received }) => received.startsWith("it came after"),
          hint: "It took your server more than 5 s to find out that nobody answers. The driver has a setting for how long it looks.",
        },
      ],
      check: async (world) => {
        const starts = Starts.of(world);
        await starts.settled();
        // Whoever tries this requirement again begins anew.
        starts.end(world);
        const unreadable = await starts.with(UNREADABLE, world);
        assertStart(UNREADABLE, unreadable, endedWithAWord(unreadable));
        const alone = await starts.with(NOBODY, world);
        assertInTime(NOBODY, alone, unreadable.took);
        assertStart(
          NOBODY,
          alone,
          endedWithAWord(alone) ||
            (alone.was === "answering" && alone.isHonest),
        );
      },
    },
    {
      id: "sigterm",
      title: "After SIGTERM the server closes all and ends, with exit code 0",
      kind: "base",
      hints: [
        "A server is asked to end with a signal. Who listens to it in your program?",
        "A Node program ends by itself when nothing is open any more. What does yours have open? Close it in order: first no new visitors, then the database.",
        'process.on("SIGTERM", …) is the listener. io.close() closes the HTTP server too, and client.close() tells the database goodbye. Both give promises.',
      ],
      mistakes: [
        {
          id: "M31",
          looksLike: ({ received }) => received.startsWith(BY_SIGNAL),
          hint: "Nobody listened to the signal, and the system ended your server on the spot, in the middle of whatever it did.",
        },
        {
          id: "M31-open",
          looksLike: ({ received }) => received.includes("does not end"),
          hint: "Your server stopped listening, and lives on: something is open still. It has connections on two sides, to its clients and to its database.",
        },
        {
          id: "M31-listens",
          looksLike: ({ received }) => received === STILL_LISTENS,
          hint: "The signal came, and your server still takes visitors. Is there a listener for the signal, and does it close the one server that listens?",
        },
        {
          id: "M31-no-goodbye",
          looksLike: ({ received }) => received === NO_GOODBYE,
          hint: "Your server ended without closing its client of the database. What it was just storing is cut off, and the database keeps its sessions for half an hour. process.exit does not wait for anybody.",
        },
        {
          id: "exit-code",
          looksLike: ({ received }) => received.startsWith("exit code"),
          hint: "It was asked to end, and it ended: that is no failure. Yet the exit code says so. Is something thrown while it closes?",
        },
      ],
      check: async (world) => {
        // There are no signals on Windows.
        if (process.platform === "win32") return;
        const database = await world.emptyDatabase();
        const other = await world.another({}, database);
        const alice = await other.client("Alice");
        await other.client("Bob", { transports: ["polling"] });
        await join(ROOM, alice);
        await say(alice, ROOM, TEXT);
        await endsWell(other);
        const saysGoodbye = database.tap.allCommands.some(
          ({ name }) => name === "endSessions",
        );
        if (!saysGoodbye)
          throw new Unmet(
            "it closes its client of the database before (endSessions)",
            NO_GOODBYE,
          );
      },
    },
    stillAlive,
    {
      id: "silence",
      title: "A database that is silent counts as one that is away",
      kind: "stretch",
      hints: [
        "The line is not cut. The question goes out, and nothing comes back, not even an error. How long does your server wait?",
        "Looking for a server and waiting for its answer are two things. Each has a limit of its own, and the driver's limit for answers is none.",
        "socketTimeoutMS is for answers, connectTimeoutMS for new connections; timeoutMS covers a whole call.",
      ],
      mistakes: [
        {
          id: "health-waits",
          looksLike: ({ expected, received }) =>
            expected.startsWith("/health") &&
            /^(it did not come|it came after)/.test(received),
          hint: "The database was silent, and so was /health. A question without a limit waits as long as the answer takes.",
        },
        {
          id: "waits-for-ever",
          looksLike: ({ received }) =>
            /^(it did not come|it came after|no ack)/.test(received),
          hint: "The database went silent without going away: the connection stands, and no answer comes. A cut line is noticed at once, a silent one only by a clock.",
        },
        {
          id: "told-all-the-same",
          looksLike: ({ facts }) => (facts.heardBy?.length ?? 0) > 0,
          hint: "The database never said that it has the message, and the room was told.",
        },
      ],
      check: async (world) => {
        const [alice] = await inTheRoom(world);
        world.database.withholdReplies(() => true, "every command");
        await allOf([
          assertUnavailable(world, alice, ROOM, LOST),
          healthIs(world, 503, DOWN),
        ]);
        await world.audience("message:new", [], {});
        world.database.mend();
        await foundAgain(world);
      },
    },
  ],
};

export default lesson;

const LOST = "This one is lost";
const TOO_EARLY = "she was answered before";
const ALL_IS_WELL = "with a database: ";
const STILL_LISTENS = "it goes on, and still listens";
const BY_SIGNAL = "it was ended by";
const NO_GOODBYE = "it ended without closing it";

function isDate(value: unknown): boolean {
  return matches({ createdAt: anything }, value)
    ? value.createdAt instanceof Date
    : false;
}

async function inTheRoom(
  world: World,
): Promise<readonly [alice: Client, bob: Client]> {
  const clients = await world.connect("Alice", "Bob");
  await join(ROOM, ...clients);
  return clients;
}

/**
 * Sends SIGTERM, and waits for the end.
 *
 * @throws {Unmet} when it does not come within the contract's 3 s, or is no good one
 */
async function endsWell({ server, timeline }: World): Promise<void> {
  const expected = "the server ends within 3 s, with exit code 0";
  timeline.add({
    lane: "server",
    kind: "hinder",
    text: "the server was sent SIGTERM",
  });
  const clock = new LimitClock();
  const { code, signal, fault } = await server.stop(
    "SIGTERM",
    END_LIMIT + LATE,
  );
  const { elapsed, timeliness } = clock.read(END_LIMIT);
  clock.stop();
  if (timeliness === "could not tell")
    throw new CouldNotTell(
      "this machine was too busy to measure how long a server takes to end",
    );
  if (fault instanceof IgnoredSigterm) throw new Unmet(expected, STILL_LISTENS);
  if (fault !== null) throw new Unmet(expected, fault.message);
  if (signal !== null) throw new Unmet(expected, `${BY_SIGNAL} ${signal}`);
  if (timeliness === "late")
    throw new Unmet(
      expected,
      `it ended after ${(elapsed / 1000).toFixed(1)} s`,
    );
  if (code !== 0) throw new Unmet(expected, `exit code ${code}`);
}

/**
 * Holds the database's reply back for a while, and gives it at last.
 *
 * @throws {Unmet} when somebody hears of the message meanwhile
 */
async function nothingIsToldBefore(
  world: World,
  sender: Client,
): Promise<void> {
  const { database, server } = world;
  database.withholdReplies(storesMessage, "writes to messages");
  let answer: Promise<unknown> | undefined;
  let isAnswered = false;
  await passes(world, storesMessage, "message:send stores it", () => {
    answer = say(sender, ROOM, TEXT).finally(() => {
      isAnswered = true;
    });
    answer.catch(() => {}); // Awaited below, unless something else comes first.
  });
  await sleep(HELD);
  await turnAFewTimes(server);
  await inWords(
    "until the database has answered: ",
    world.audience("message:new", [], {}),
  );
  if (isAnswered)
    throw new Unmet(
      "Alice is answered when the database has answered",
      TOO_EARLY,
    );
  database.mend();
  await answer;
}

/** @throws {Unmet} when the message that was on its way is not refused in time */
async function lineIsCut(world: World, client: Client): Promise<void> {
  experienced.add(world.server);
  await cutLine(world, () => assertUnavailable(world, client, ROOM, LOST));
}

/**
 * What /health answers, within the contract's 3 s.
 *
 * @throws {Unmet} with `status`, and what it says as `facts.value.health`
 */
async function healthIs(
  { request, within }: World,
  status: number,
  shape: { ok: boolean; db: string },
): Promise<void> {
  const answer = await within(
    REFUSAL_LIMIT,
    "/health answers",
    request("/health", { patience: REFUSAL_LIMIT + 3 * LATE }),
  );
  if (answer.status === status && matches(shape, answer.json)) return;
  throw new Unmet(
    `/health answers ${status} and ${describeShape(shape)}`,
    showAnswer(answer),
    { status: answer.status, value: { health: answer.json } },
  );
}

function endedWithAWord(start: Start): boolean {
  return start.was === "ended" && start.code !== 0 && start.printed;
}

function assertStart(uri: string, start: Start, isRight: boolean): void {
  if (isRight) return;
  const orNot =
    uri === UNREADABLE ? "" : ", or listens and /health answers 503";
  throw new Unmet(
    `with MONGODB_URI=${uri} the server prints why it ends, with an exit code other than 0${orNot}`,
    startInWords(start),
    { value: start },
  );
}
