import {
  FROM_THE_BEGINNING,
  MISSED_500,
  MISSED_501,
  NEWCOMER,
  bounded,
  oddOffsets,
} from "../12-nothing-missed/mistakes.ts";
import type { Mistake } from "../kit/lesson.ts";
import { type Shape, aNumber, anything, matches } from "../kit/shape.ts";

/** What people get wrong in lesson 15, by requirement, and the words that the check says it in. */

export const SAME_SESSION =
  "all requests of one session over polling come to the worker that knows it";
export const A_WORKER =
  "worker in welcome is the process id of the worker that the client is in";
export const PRIMARYS_OWN = "which is the process that has started the workers";
export const ALL_WORKERS = "the clients are in ";
export const NOBODYS_ID = "to an id that nobody has: ";
export const NO_ID = "to the name of a room: ";
export const ROOM_INSIDE = "to what a server may call a room for itself: ";
export const BOTH_AT_ONCE = "two workers are asked at the same moment: ";
export const ONE_OF_TWO = `${BOTH_AT_ONCE}both are ok with the same id and seq, and one of them is a duplicate`;
export const SEQS = `${BOTH_AT_ONCE}each message has a seq of its own`;
export const STORED = "the database has ";
export const COMES_BACK = " can connect again after his worker has died";
export const GIVEN = " joins again with his offset, and is given ";
export const SENT_AGAIN =
  "what was stored and not answered when the worker died is sent again: ";
export const REPLACED = "another worker takes the place of the one that died";
export const NO_NEW_WORKER = "no process has begun since";
export const UNDISTURBED = ", who is in the other worker, stays connected";
export const ONLINE = "when all is over, GET /stats answers ";
export const ENDS =
  "the server and its workers end within 5 s, with exit code 0";
export const BY_SIGNAL = "it was ended by the signal";
export const GOODBYES =
  "each worker closes its client of the database before (endSessions)";

export function goodbyes(said: number): string {
  return said === 0 ? "none has done it" : `only ${said} has done it`;
}

/** How far something got that was told in a room. */
export interface Reached {
  event: string;
  reached:
    | "own worker only"
    | "other workers only"
    | "more than once"
    | "others too"
    | "some";
  /** Whether something of another kind did get from one worker to another. */
  othersGotAcross: boolean;
}

/** What came back from `/stats`, and what was to come. */
interface Counted {
  online: number;
  rooms: number;
}

type Look = Mistake["looksLike"];

function was(shape: Shape): Look {
  return ({ facts }) => matches(shape, facts.value);
}

function about(words: string): Look {
  return ({ expected }) => expected.includes(words);
}

function both(...looks: Look[]): Look {
  return (failure) => looks.every((look) => look(failure));
}

function came(pattern: RegExp): Look {
  return ({ received }) => pattern.test(received);
}

function reached(how: Reached["reached"]): Look {
  return was({ reached: how });
}

function counted(looks: (came: Counted, expected: Counted) => boolean): Look {
  return ({ facts: { value } }) =>
    matches({ counts: anything, expected: anything }, value) &&
    looks(value.counts as Counted, value.expected as Counted);
}

function refusedWith(code: string): Look {
  return was({ ok: false, error: { code } });
}

const failed: Look = ({ facts: { value } }) =>
  matches({ ok: false, error: { code: anything } }, value) &&
  !matches({ error: { code: "BAD_REQUEST" } }, value);

export const anywhere: readonly Mistake[] = [
  {
    id: "part-of-the-other",
    looksLike: ({ fault, received, output }) =>
      fault !== null &&
      /Error: not (primary|worker)/.test([received, ...output].join("\n")),
    hint: "setupMaster is for the primary and setupWorker for a worker, and one of them was called in the other process. cluster.isPrimary tells in which you are.",
  },
  {
    id: "begun-at-once",
    looksLike: ({ fault, output }) =>
      /^(crashed-while-starting|exited-without-listening)$/.test(
        fault?.kind ?? "",
      ) && output.some((line) => /E11000|already exists/.test(line)),
    hint: "Two workers began at the same moment, on an empty database, and one of them found that what it wanted to make is there already. What one does at its start the other does, too: between a look and the deed somebody else has done it.",
  },
  {
    id: "no-primary",
    looksLike: ({ fault }) => fault?.kind === "never-listened",
    hint: "Nobody listens on the port that PORT names. Workers get their connections from the primary: does it listen, also when it waits for its workers first?",
  },
  {
    id: "worker-crashed",
    looksLike: both(
      came(/no longer connected|connection is gone|no acknowledgement/),
      ({ output }) => output.some((line) => /^\s+at .+:\d+/.test(line)),
    ),
    hint: "A worker has ended by an error in the middle of its work. Its stack is among what your server printed.",
  },
];

export const connects: readonly Mistake[] = [
  {
    id: "M65",
    looksLike: both(about(SAME_SESSION), came(/40\d/)),
    hint: "The first request was answered, and a later one of the same session with 400: it came to a worker that has never heard of that session. Who decides to which worker a connection goes, and what does it look at?",
  },
  {
    id: "websocket-only",
    looksLike: both(about("opens an Engine.IO session"), came(/status 400/)),
    hint: "Polling is answered with 400 from the first request on, as if there were none. Without it nobody gets in whose proxy knows no WebSocket. The trouble with polling has a remedy that lets it live.",
  },
  {
    id: "M65",
    looksLike: both(about("can connect by polling"), came(/xhr/)),
    hint: "Over polling a session is many requests, and not all of them came to the worker that knows it. Who decides to which worker a connection goes, and what does it look at?",
  },
  {
    id: "primarys-id",
    looksLike: came(new RegExp(PRIMARYS_OWN)),
    hint: "All clients were told the id of the primary, and it serves nobody. Each process has an id of its own and one of its parent.",
  },
  {
    id: "not-a-process",
    looksLike: about(A_WORKER),
    hint: "cluster counts its workers from 1 on, and the system has numbers of its own. With that of the system you can end a worker by hand, and see what happens.",
  },
  {
    id: "no-worker",
    looksLike: both(
      about("worker: a process id"),
      ({ facts: { value } }) => !matches({ worker: aNumber }, value),
    ),
    hint: "welcome does not say in which worker the client is. Whoever looks at several processes from outside has nothing else to tell them apart.",
  },
  {
    id: "nobody-else-gets-one",
    looksLike: both(
      about(ALL_WORKERS),
      ({ facts }) => facts.times === 1,
      ({ facts: { value } }) =>
        matches({ started: aNumber }, value) && value.started > 1,
    ),
    hint: "There are several workers, and all clients came to the same one. They all come from the same address. By what does your primary choose?",
  },
  {
    id: "one-worker",
    looksLike: both(about(ALL_WORKERS), ({ facts }) => facts.times === 1),
    hint: "All clients are in one process. How many workers does your primary begin when WORKERS is not set?",
  },
  {
    id: "too-many",
    looksLike: about(ALL_WORKERS),
    hint: "There are more workers than were asked for. WORKERS was not set, and then there are two.",
  },
];

export const room: readonly Mistake[] = [
  {
    id: "local",
    looksLike: both(reached("own worker only"), was({ othersGotAcross: true })),
    hint: "This event kept to the worker that it came from, and others got across. Does this one take another way, or does something in its call keep it at home?",
  },
  {
    id: "M66",
    looksLike: reached("own worker only"),
    hint: "Only those heard it who are in the same worker as the sender. Each process has an io of its own, and its rooms hold its own sockets. What hands it on to the others?",
  },
  {
    id: "M68",
    looksLike: reached("more than once"),
    hint: "Somebody heard it more than once. If you hand events on yourself: who tells those in the sender's own worker, and does it come back to them?",
  },
  {
    id: "not-at-home",
    looksLike: reached("other workers only"),
    hint: "It reached the other workers, and not those in the sender's own. To hand something on is one thing, to tell it at home another.",
  },
  {
    id: "rooms-not-kept",
    looksLike: reached("others too"),
    hint: "Somebody heard it who should not. When it comes from another worker, is it still for that room only, and still without the one who is left out?",
  },
];

export const dm: readonly Mistake[] = [
  {
    id: "dm-local",
    looksLike: both(about("{ ok: true }"), refusedWith("BAD_REQUEST")),
    hint: "Alice wrote to somebody in another worker, and was told that there is no such socket. There is. Whose sockets does your server look through?",
  },
  {
    id: "dm-to-a-room",
    looksLike: both(about(ROOM_INSIDE), was({ ok: true })),
    hint: "Alice wrote to room:tea. That is no socket, and somebody in the room tea got it. To Socket.IO an id and a room are both names of rooms. What do you know of a socket that you have found under such a name?",
  },
  {
    id: "dm-blind",
    looksLike: both(
      ({ expected }) => /^to (an id|the name)/.test(expected),
      was({ ok: true }),
    ),
    hint: "Alice wrote to nobody and was told that it went well. To send into a room never fails, also if nobody is in it. Who could tell whether somebody is there?",
  },
  ...room,
];

export const counts: readonly Mistake[] = [
  {
    id: "M67-members",
    looksLike: about("room:join"),
    hint: "members counts those of one worker. Bob joined a room in which Alice is, and she is in another process.",
  },
  {
    id: "M67-admin",
    looksLike: about("stats:get"),
    hint: "stats:get in /admin counts the sockets of one worker. An admin wants to know of all.",
  },
  {
    id: "rooms-added-up",
    looksLike: counted(
      (came, expected) =>
        came.online === expected.online && came.rooms > expected.rooms,
    ),
    hint: "A room in which people of two workers are was counted twice. Numbers that overlap cannot be added up. What else could the workers tell each other?",
  },
  {
    id: "M67",
    looksLike: counted(
      (came, expected) =>
        came.online < expected.online || came.rooms < expected.rooms,
    ),
    hint: "Who asks is answered by one of the workers, and it counted only what is in itself. Whom does it have to ask?",
  },
];

export const atOnce: readonly Mistake[] = [
  {
    id: "M39",
    looksLike: both(
      ({ expected }) => expected === ONE_OF_TWO,
      ({ facts: { value } }) =>
        matches({ ok: true }, value) && !matches({ duplicate: true }, value),
    ),
    hint: "Both workers took the same message for new. What one of them has seen the other one does not know, and to look first was too early for both. Who is asked by all of them and can decide?",
  },
  {
    id: "seq-in-memory",
    looksLike: both(
      ({ expected }) => expected === SEQS || expected.includes("seq:"),
      ({ received }) => received.startsWith("seq ") || /E11000/.test(received),
    ),
    hint: "Two messages of one room have the same seq. Two workers gave it away without knowing of each other. Who counts?",
  },
  {
    id: "seq-collided",
    looksLike: both(about(BOTH_AT_ONCE), failed),
    hint: "Two workers were asked at the same moment, and one of them could not store its message. What did it want to store that the other one had taken? Your server has printed what the database said.",
  },
  ...room,
];

export const death: readonly Mistake[] = [
  {
    id: "primary-gave-up",
    looksLike: ({ fault }) => fault?.kind === "stopped-during-check",
    hint: "One worker died, and the whole server ended with it. Who should be left to begin another one?",
  },
  {
    id: "M50",
    looksLike: both(about(GIVEN), came(/^\[\]$/)),
    hint: "Bob came back with his offset and was given nothing. The recovery of Socket.IO cannot bring it: what his worker remembered died with it, and he is in another one. Who else knows what he has missed?",
  },
  {
    id: "known-here-only",
    looksLike: about(GIVEN),
    hint: "Bob was given something else than what is in the database behind his offset. A worker has seen only a part of what was said. Where is all of it?",
  },
  {
    id: "not-replaced",
    looksLike: came(new RegExp(NO_NEW_WORKER)),
    hint: "One worker died, and nobody took its place. When the second one dies, nobody is left. Who is told when a worker ends?",
  },
  {
    id: "all-restarted",
    looksLike: about(UNDISTURBED),
    hint: "One worker died, and those of the other one were cut off, too. They had nothing to do with it.",
  },
  {
    id: "still-counted",
    looksLike: about(ONLINE),
    hint: "Bob is counted twice: as who he is, and as who he was in the worker that died. Nobody was left there to count down. Count who is there, rather than who came and who went.",
  },
];

/** Whether it is about how much somebody is told, and not about odd offsets. */
const isAboutHowMany: Look = (failure) =>
  [NEWCOMER, MISSED_501, FROM_THE_BEGINNING, MISSED_500].some((words) =>
    about(words)(failure),
  );

/** What lesson 12 recognises, where it does. */
export const missed: readonly Mistake[] = [
  ...bounded.map((mistake) => ({
    ...mistake,
    looksLike: both(isAboutHowMany, mistake.looksLike),
  })),
  ...oddOffsets.map((mistake) => ({
    ...mistake,
    looksLike: both((failure) => !isAboutHowMany(failure), mistake.looksLike),
  })),
];

export const sigterm: readonly Mistake[] = [
  {
    id: "M31",
    looksLike: came(new RegExp(`^${BY_SIGNAL}`)),
    hint: "Nobody listened to the signal, and the system ended your primary on the spot. It goes to the process that was started first, and only to that one.",
  },
  {
    id: "begins-others",
    looksLike: both(came(/still listens|does not end/), ({ output }) =>
      output.some((line) => /another|restart|again|begin/i.test(line)),
    ),
    hint: "Workers end, and others begin, also while your server is ending. How could the primary know that a worker has ended because it was asked to?",
  },
  {
    id: "primary-waits",
    looksLike: both(came(/still listens|does not end/), was({ workers: 0 })),
    hint: "All workers have ended, and the primary goes on without them. Something is open in it still: a timer, or a connection that it has handed over and counts as its own until the worker says that it is closed. What else tells it that all is over?",
  },
  {
    id: "M31-open",
    looksLike: came(/still listens|does not end/),
    hint: "The signal came, and your server lives on. The primary ends when nothing is open in it any more, and each worker that lives is something. Who tells them?",
  },
  {
    id: "M31-no-goodbye",
    looksLike: about(GOODBYES),
    hint: "All of it ended, but not in order: the workers went down with the primary, in the middle of whatever they did. Who tells a worker that it is time, and who waits for it?",
  },
  {
    id: "exit-code",
    looksLike: came(/^exit code/),
    hint: "It was asked to end, and it ended: that is no failure. Yet the exit code of the primary says so. Does it take the end of a worker for an accident?",
  },
];

export const workers: readonly Mistake[] = [
  {
    id: "workers-ignored",
    looksLike: about(ALL_WORKERS),
    hint: "WORKERS was 3, and there are as many workers as before. Where does the number come from?",
  },
];
