import {
  assertBounded,
  assertOddOffsets,
} from "../12-nothing-missed/offsets.ts";
import type { Lesson } from "../kit/lesson.ts";
import { stillAlive } from "../kit/still-alive.ts";
import { gatekeepers } from "../kit/tokens.ts";
import { assertEverybodyConnects } from "./connecting.ts";
import { assertDeathIsSurvived } from "./death.ts";
import { assertEnds, assertWorkers } from "./ends.ts";
import {
  assertCounts,
  assertDirectMessages,
  assertRoomIsOne,
} from "./everywhere.ts";
import * as mistakes from "./mistakes.ts";
import { assertOneMessage, assertPlaces } from "./once.ts";

// Who is who: Alice and Carol are in one worker, Bob and Dave in another, Zoe is in any of them.

/** How long a primary and its workers may take until they listen, in milliseconds of patience. */
const ALL_READY = 2_500;

/**
 * How often a client tries to connect. Until a worker has acknowledged a connection, Node still reads
 * from it in the primary, and what a client says at that moment is lost.
 */
const ATTEMPTS = 4;

const lesson: Lesson = {
  name: "15-more-than-one-process",
  buildsOn: "12-nothing-missed",
  keeps: [
    "01-one-server",
    "06-rooms",
    "07-gatekeepers",
    "08-typing",
    "09-store-then-tell",
    "10-history",
    "11-exactly-once",
  ],
  needs: {
    ...gatekeepers,
    // For whoever connects the workers through the database: that needs its change streams.
    database: { replicaSet: true, processes: 2 },
    readyWithin: ALL_READY,
    attempts: ATTEMPTS,
  },
  mistakes: mistakes.anywhere,
  requirements: [
    {
      id: "connects",
      title:
        "Everybody connects, by polling and by WebSocket, and two workers are used",
      kind: "base",
      hints: [
        "One process runs on one core. Your program can start itself several times, and hand the connections over.",
        "A connection by polling is many requests. Who hands them over has to know which worker has which session.",
        "cluster.isPrimary tells which part a process plays, cluster.fork() starts a worker. setupMaster and setupWorker of @socket.io/sticky are the two ends of handing over.",
      ],
      mistakes: mistakes.connects,
      check: assertEverybodyConnects,
    },
    {
      id: "room",
      title: "Who is in a room hears all of it once, in whichever worker",
      kind: "base",
      hints: [
        "Alice is in one worker and Bob in another. What does Bob's worker know of what Alice says?",
        "io.to(room) reaches the sockets of its own process. An adapter hands it on to the others, and until now yours has had nobody to hand it to.",
        "createAdapter of @socket.io/cluster-adapter is for the Server's option adapter; setupPrimary is its other end.",
      ],
      mistakes: mistakes.room,
      check: assertRoomIsOne,
    },
    {
      id: "dm",
      title: "A direct message finds its receiver in any worker",
      kind: "base",
      hints: [
        "Alice writes to Bob, who is in another worker. Where does her worker look for him?",
        "io.sockets.sockets holds the sockets of one process. There is a question that all of them answer.",
        "Each socket is alone in a room with its own id as the name. io.in(id).fetchSockets() asks all workers who is in it.",
      ],
      mistakes: mistakes.dm,
      check: assertDirectMessages,
    },
    {
      id: "counts",
      title: "members and GET /stats count all workers together",
      kind: "base",
      hints: [
        "Ask /stats again and again: any worker may answer. How many does each of them know of?",
        "What is counted in one process is a part. Either you ask all of them each time, or you keep the number where all can see it.",
        "io.fetchSockets() gives the sockets of all workers, with their rooms. It takes a moment, so it gives a promise.",
      ],
      mistakes: mistakes.counts,
      check: assertCounts,
    },
    {
      id: "at-once",
      title:
        "Two workers asked at once give no seq twice, and store one thing once",
      kind: "base",
      hints: [
        "The same message comes to two workers at the same moment. Which of them is first?",
        "Neither of them can know that alone. Something that both of them ask has to decide, in one step.",
        "$inc in one findOneAndUpdate counts; a unique index refuses the second one with code 11000. You have both from lessons 10 and 11.",
      ],
      mistakes: mistakes.atOnce,
      check: async (world) => {
        await assertOneMessage(world);
        await assertPlaces(world);
      },
    },
    {
      id: "death",
      title:
        "A worker that dies is replaced, and its clients have missed nothing",
      kind: "base",
      hints: [
        "The check kills a worker in the middle of its work. Who notices, who comes back, and to whom?",
        "Bob reaches another worker, with his offset. All that it needs to know is in the database. The primary sees to it that somebody takes the place of the dead.",
        'cluster.on("exit", …) tells the primary that a worker has ended, and cluster.fork() begins another one.',
      ],
      mistakes: mistakes.death,
      check: assertDeathIsSurvived,
    },
    {
      id: "missed",
      title: "Any worker tells what was missed, as in lesson 12",
      kind: "base",
      hints: [
        "What was missed is told by a worker that has heard nothing of it. What lesson 12 said of offsets holds in each of them.",
        "The recovery of Socket.IO is gone, and the offsets are not. A newcomer, somebody who was away for long, an offset that makes no sense: each of them is answered as before.",
        "Compare what room:join does with your server of lesson 12. find({ room, seq: { $gt: offset } }), sorted and limited, is as good here as there.",
      ],
      mistakes: mistakes.missed,
      check: async (world) => {
        await assertBounded(world);
        await assertOddOffsets(world);
      },
    },
    {
      id: "sigterm",
      title: "At SIGTERM all processes end within 5 s, with exit code 0",
      kind: "base",
      hints: [
        "The signal goes to the process that was started first. What do the others know of it?",
        "The primary takes no more connections and tells the workers. Each of them closes what it has open, as in lesson 09. Then nothing is left to wait for.",
        'worker.process.kill("SIGTERM") tells one. A worker is also kept alive by its line to the primary: process.disconnect() closes that.',
      ],
      mistakes: mistakes.sigterm,
      check: assertEnds,
    },
    {
      id: "workers",
      title: "WORKERS says how many workers there are",
      kind: "base",
      hints: [
        "With WORKERS=3 three workers are wanted, and all of them hear each other.",
        "How many there are is the choice of whoever starts the server: it knows how many cores there are, and what else they have to do.",
        "process.env.WORKERS is a text, or undefined. Who counts to it is the primary.",
      ],
      mistakes: mistakes.workers,
      check: assertWorkers,
    },
    stillAlive,
  ],
};

export default lesson;
