import type { Lesson } from "../kit/lesson.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { gatekeepers } from "../kit/tokens.ts";
import { assertChangesAreTold } from "./changes.ts";
import * as mistakes from "./mistakes.ts";
import { assertNoGap } from "./no-gap.ts";
import {
  assertBounded,
  assertMissed,
  assertOddOffsets,
  assertRestart,
} from "./offsets.ts";
import {
  assertGate,
  assertKeptRoom,
  assertRecovery,
  assertRecoveryAfterTyping,
} from "./recovery.ts";

// Who is who: Alice stays and speaks, Bob loses his line and comes back, Carol is away for longer, Dave
// brings offsets of his own. Each requirement has rooms of its own.

const lesson: Lesson = {
  name: "12-nothing-missed",
  keeps: [
    "01-one-server",
    "06-rooms",
    "07-gatekeepers",
    "08-typing",
    "09-store-then-tell",
    "10-history",
    "11-exactly-once",
  ],
  needs: { ...gatekeepers, database: { replicaSet: true } },
  mistakes: mistakes.anywhere,
  requirements: [
    {
      id: "recovered",
      title: "Who loses the line for a moment is recovered, with all rooms",
      kind: "base",
      hints: [
        "A line breaks, and a second later the client is back. To your server that is somebody new. It need not be.",
        "Socket.IO can keep what it knows of a connection for a time, and the events that it would have heard. The client is told whether that worked.",
        "connectionStateRecovery is an option of the Server, with a maxDisconnectionDuration. socket.recovered tells how a connection began.",
      ],
      mistakes: mistakes.recovered,
      check: assertRecovery,
    },
    {
      id: "after-typing",
      title: "It is recovered, too, when the last it heard was a typing",
      kind: "base",
      hints: [
        "The client remembers the place up to which it has heard everything. Where does it find that place?",
        "Socket.IO adds it as one more argument, a text, to each event that it keeps. To a volatile one it adds nothing: its last argument is then your own.",
        "Every event of yours carries one object, and nothing behind it.",
      ],
      mistakes: mistakes.afterTyping,
      check: assertRecoveryAfterTyping,
    },
    {
      id: "gate",
      title: "Who comes back with a token that is not good is refused",
      kind: "base",
      hints: [
        "Somebody is shut out while his line is broken. What happens when he comes back?",
        "Socket.IO lets in who is recovered without asking your middlewares: they have asked before.",
        "skipMiddlewares is an option beside maxDisconnectionDuration. What is it, if you do not name it?",
      ],
      mistakes: mistakes.gate,
      check: assertGate,
    },
    {
      id: "missed",
      title: "Who was away longer is told on joining what came after an offset",
      kind: "base",
      hints: [
        "Bob closed the page and opened it again. Nobody has kept anything for him, but the messages are in the database.",
        "He says how far he has heard: in the handshake, auth.offsets has a seq for each room. The answer to room:join can carry what came after it.",
        "find({ room, seq: { $gt: offset } }), sorted by seq, limited. socket.handshake.auth is where the offsets are.",
      ],
      mistakes: mistakes.missed,
      check: async (world) => {
        await assertMissed(world);
        await assertKeptRoom(world);
      },
    },
    {
      id: "restart",
      title: "After a restart of the server, too, nothing is missed",
      kind: "base",
      hints: [
        "The server itself was away. What does it know of those who come back?",
        "Whatever it kept in memory is gone. The client has its offsets, and the database has the messages.",
        "What room:join answers depends on the handshake and the database, and on nothing that this process has seen before.",
      ],
      mistakes: mistakes.restart,
      check: assertRestart,
    },
    {
      id: "bounded",
      title: "A newcomer gets the newest 50, and nobody more than 500",
      kind: "base",
      hints: [
        "How much does somebody get who has never been there, and how much somebody who was away for a year?",
        "A newcomer wants the end of the talk. Who was away reads on from where he was, and asks for the rest: he must know that there is one.",
        "The newest are found from the end, and turned around. One more than wanted, read and not given, tells whether there are more.",
      ],
      mistakes: mistakes.bounded,
      check: assertBounded,
    },
    {
      id: "odd-offsets",
      title: "An offset that is no whole number counts for nothing",
      kind: "base",
      hints: [
        "The offsets come from the client. What could be in them?",
        "Only a whole number from 0 on is an offset. Anything else is as if there were none, or a BAD_REQUEST.",
        "Number.isInteger is false for all that is no number, without turning it into one first.",
      ],
      mistakes: mistakes.oddOffsets,
      check: assertOddOffsets,
    },
    {
      id: "no-gap",
      title: "Nothing is lost that is said at the moment of joining",
      kind: "base",
      hints: [
        "Alice speaks while Bob joins. Either he is given it, or he hears it.",
        "There are two things to do, to read and to join, and the reading takes time. In which order can a message fall between them?",
        "Whoever is in the room first hears everything from then on. It may then be there twice, and the client knows that by its seq.",
      ],
      mistakes: mistakes.noGap,
      check: assertNoGap,
    },
    stillAlive,
    {
      id: "changes",
      title: "What another program stores is heard at once, and once only",
      kind: "stretch",
      hints: [
        "Another program stores a message with its next seq. Who tells the room?",
        "A database that is a replica set reports every change to whoever watches. Your own messages are among them.",
        "collection.watch([{ $match: { operationType: 'insert' } }]) gives a change stream: for await gives each change with its fullDocument.",
      ],
      mistakes: mistakes.changes,
      check: assertChangesAreTold,
    },
  ],
};

export default lesson;
