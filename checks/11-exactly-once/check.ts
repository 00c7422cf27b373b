import { inspect } from "node:util";
import {
  NUMBERED,
  type Stored,
  aWholeNumber,
  clear,
  hasAnswered,
  join,
  refusal,
  storesMessage,
  stored,
  whileHeld,
} from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { CouldNotTell } from "../kit/could-not-tell.ts";
import { inStep, looking } from "../kit/in-step.ts";
import type { Lesson, World } from "../kit/lesson.ts";
import { LimitClock, PATIENCE, patientlyTry } from "../kit/patience.ts";
import {
  type Matching,
  type Shape,
  aString,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { stillAlive } from "../kit/still-alive.ts";
import type { TappedCommand } from "../kit/tap.ts";
import { gatekeepers } from "../kit/tokens.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import * as mistakes from "./mistakes.ts";
import {
  AFTERWARDS,
  AFTER_THE_CUT,
  AGAIN,
  ANEW,
  AT_ONCE,
  BEHIND,
  BY_NUMBER,
  FIRST,
  IN_HISTORY,
  IN_ORDER,
  OTHER_ID,
  OTHER_ROOM,
  OTHER_TAB,
  OTHER_TEXT,
  OTHER_USER,
  PLAIN,
  STORED,
  TWO_SERVERS,
} from "./mistakes.ts";
import { assertUniqueIndex } from "./unique-index.ts";

// Who is who: Alice sends, Bob is in the room with her and hears. "Alice in tab 2" is another socket of
// the same user. Each requirement has rooms of its own, so that nothing of before is in them.

const DUPLICATE = {
  ok: true,
  id: aString,
  seq: aWholeNumber,
  duplicate: true,
} as const;

/** How long the answer to the first insert is kept from the server, in milliseconds. */
const LATE = 600;

/** How long a client waits before it sends again, in milliseconds, and how often it does. */
const ACK_TIMEOUT = 400;
const RETRIES = 3;

/** What is held up on purpose may take longer, in milliseconds of patience. */
const SLOWLY = 5 * PATIENCE;

/** Messages of one burst. */
const BURST = 20;

/** How long a message has time to overtake another, in milliseconds of patience. */
const OVERTAKING = 40;

/** How much later the database answers to every other message of it, in milliseconds. */
const ODD_DELAY = 10;

const lesson: Lesson = {
  name: "11-exactly-once",
  keeps: [
    "01-one-server",
    "06-rooms",
    "07-gatekeepers",
    "08-typing",
    "09-store-then-tell",
    "10-history",
  ],
  needs: { ...gatekeepers, database: {} },
  mistakes: mistakes.anywhere,
  requirements: [
    {
      id: "client-id",
      title: "A clientId stays with its message; a malformed one is refused",
      kind: "base",
      hints: [
        "The client gives a message a name of its own, the clientId, before it sends it. What does your server do with it?",
        "It is one field more, and optional: looked at like text and room, stored with the message, and told with it.",
        "/^[A-Za-z0-9_-]{8,64}$/ is a pattern for the whole of it. Only undefined means that there is none.",
      ],
      mistakes: mistakes.clientId,
      check: async (world) => {
        const [alice, bob] = await inRoom(world, "hall");
        for (const clientId of GOOD_IDS) {
          const message = { room: "hall", text: `as ${clientId}`, clientId };
          const { id } = await send(alice, message, NUMBERED);
          const told = { id, ...message, user: "alice" };
          await world.audience("message:new", [alice, bob], told);
        }
        const plain = { room: "hall", text: "without one" };
        await send(alice, plain, NUMBERED);
        await world.audience("message:new", [alice, bob], plain);
        await assertOddRefused(world, alice, "hall");
        await world.audience("message:new", [], {});
        await assertKept(world, alice, "hall");
      },
    },
    {
      id: "twice",
      title: "The same message sent again is stored and told once",
      kind: "base",
      hints: [
        "A client that hears no answer sends the same message again. It cannot know whether the first one arrived.",
        "The second time nothing is to be done any more. What the client wants is the answer that it missed.",
        "The message that is stored has all that the answer needs: its id and its seq. duplicate: true says that it was there before.",
      ],
      mistakes: mistakes.twice,
      check: async (world) => {
        const [alice, bob] = await inRoom(world, "kitchen");
        const message = {
          room: "kitchen",
          text: "Is there tea?",
          clientId: "alice-tea-1",
        };
        const first = await sendNew(alice, message);
        await world.audience("message:new", [alice, bob], { id: first.id });
        for (let time = 2; time <= 3; time++)
          await sendAgain(AGAIN, alice, message, first);
        await world.audience("message:new", [], {});
        await assertStored(world, "kitchen", 1);
      },
    },
    {
      id: "same-message",
      title: "Only room, user and clientId together make it the same",
      kind: "base",
      hints: [
        "By what does your server know that a message is the same as one before?",
        "Not by its text, not by the socket that it came from, and not by the clientId alone.",
        "A unique index can have a key of several fields. It refuses a document if all of them are equal to those of another one.",
      ],
      mistakes: mistakes.same,
      check: assertWhatIsTheSame,
    },
    {
      id: "at-once",
      title: "Sent twice at the same moment, it is stored and told once",
      kind: "base",
      hints: [
        "Two requests of the same kind are in your server at once. While one of them waits for the database, the other one goes on.",
        "“Is it there? No. Then store it.” Between the question and the deed somebody else can do the same.",
        "Let the database decide: store it, and let a unique index refuse it. The error that the driver then throws has the code 11000.",
      ],
      mistakes: mistakes.atOnce,
      check: async (world) => {
        const [alice, bob] = await inRoom(world, "attic");
        const tab = await world.client("Alice in tab 2");
        await join("attic", tab);
        const message = {
          room: "attic",
          text: "Anybody up here?",
          clientId: "alice-attic-1",
        };
        await sendAtOnce(AT_ONCE, world, [alice, tab], message);
        await assertStored(world, "attic", 1);
        await hasAnswered(alice, "attic");
        const told = { clientId: message.clientId };
        await world.audience("message:new", [alice, tab, bob], told);
      },
    },
    {
      id: "another-process",
      title: "A server that is started anew knows what was sent before",
      kind: "base",
      hints: [
        "Between the first time and the second your server may have been started anew. Where does it look then?",
        "A variable lives as long as its process, and no other process sees it. What outlives them?",
        "What is stored with the message is known to every server on this database. findOne finds the first one by room, user and clientId.",
      ],
      mistakes: mistakes.another,
      check: assertAcrossProcesses,
    },
    {
      id: "index",
      title: "A unique index on room, user and clientId, where it is a text",
      kind: "base",
      hints: [
        "What would the database do if somebody stored the same message a second time?",
        "An index can be unique, and it can be partial: then it holds only documents that meet a condition.",
        "createIndex takes the key, and options: unique, and partialFilterExpression with a $type.",
      ],
      mistakes: mistakes.index,
      check: async ({ database }) => assertUniqueIndex(database),
    },
    {
      id: "retries",
      title: "A client that sends again as the answer is late stores it once",
      kind: "base",
      hints: [
        "Socket.IO's client can send by itself again what is not answered in time: that is its option retries. Your server gets the same event twice.",
        "The first attempt is still on its way while the second comes. Which of the two stores it, which tells, and what do they answer?",
        "The second attempt fails at the index, finds the message that is there, and answers with its id and seq. It tells nobody.",
      ],
      mistakes: mistakes.retries,
      check: assertRetriesAreOne,
    },
    {
      id: "order",
      title: "What one socket sends in a room is told in the order sent",
      kind: "base",
      hints: [
        "Alice sends twenty messages at once. They come in order. In which order are they told?",
        "A handler that awaits lets the next one begin. The database may be quicker for the second message than for the first.",
        "Keep the promise of the last message, and begin the next one when it has ended: last = last.then(…). It has to go on when one of them fails, too.",
      ],
      mistakes: mistakes.order,
      check: assertOrder,
    },
    stillAlive,
    {
      id: "outcome-unknown",
      title: "A cut before the database's reply loses and doubles nothing",
      kind: "stretch",
      hints: [
        "The line to the database was cut after it had stored the message and before it could say so. What does your server know?",
        "It knows nothing: it may be stored, or not. The client does what clients do, and sends it again.",
        "A failure is answered as one, and forgotten. The next attempt goes the same way as every first one.",
      ],
      mistakes: mistakes.unknownOutcome,
      check: assertUnknownOutcome,
    },
  ],
};

export default lesson;

/** The shortest, the longest, and one as programs make them. */
const GOOD_IDS = [
  "Ab-_2345",
  "x".repeat(64),
  "6f9619ff-8b86-4011-b42d-00cf4fc964ff",
];

const ODD_IDS: readonly (readonly [what: string, clientId: unknown])[] = [
  ["an object", { $gt: "" }],
  ["null", null],
  ["''", ""],
  ["a number", 12_345_678],
  ["a list", ["alice-001"]],
  ["two words", "alice-001 alice-002"],
  ["a line break behind it", "alice-001\n"],
  ["another line before it", "<b>\nalice-001"],
  ["7 characters", "x".repeat(7)],
  ["65 characters", "x".repeat(65)],
];

/** A message as a client sends it. */
interface Said {
  room: string;
  text: string;
  clientId?: unknown;
}

type Sent = Matching<typeof NUMBERED>;

async function inRoom(
  world: World,
  room: string,
): Promise<readonly [alice: Client, bob: Client]> {
  // A requirement may be tried a second time: then it has sent all this before.
  await clear(world.database, room);
  const clients = await world.connect("Alice", "Bob");
  await join(room, ...clients);
  return clients;
}

function send<S extends Shape>(
  client: Client,
  message: Said,
  answer: S,
  patience?: number,
): Promise<Matching<S>> {
  return client.ask("message:send", [message], answer, patience);
}

/** Sends what nobody has sent before. */
async function sendNew(client: Client, message: Said): Promise<Sent> {
  const answer = await send(client, message, NUMBERED);
  if (matches({ duplicate: true }, answer))
    throw new Unmet(FIRST, show(answer), { value: answer });
  return answer;
}

/** Sends what was sent before, and gets the answer of that time. */
async function sendAgain(
  what: string,
  client: Client,
  message: Said,
  { id, seq }: Sent,
): Promise<void> {
  const answer = { ok: true, id, seq, duplicate: true };
  await inWords(what, send(client, message, answer));
}

/** @throws {Unmet} with `facts.times` */
async function assertStored(
  { database }: World,
  room: string,
  count: number,
): Promise<Stored[]> {
  const documents = await stored(database, room);
  if (documents.length === count) return documents;
  throw new Unmet(
    `${STORED}${count === 1 ? "one message" : `${count} messages`} of this room`,
    `there are ${documents.length}`,
    { times: documents.length },
  );
}

// ---- one clientId

async function assertOddRefused(
  { client }: World,
  member: Client,
  room: string,
): Promise<void> {
  const outsider = await client("Dave");
  const text = "odd";
  for (const [what, clientId] of ODD_IDS)
    for (const sender of [member, outsider])
      await inWords(
        `clientId: ${what}: `,
        send(sender, { room, text, clientId }, refusal("BAD_REQUEST")),
      );
}

/** All that was sent with a clientId is stored with it, and history tells it. */
async function assertKept(
  world: World,
  member: Client,
  room: string,
): Promise<void> {
  const documents = await assertStored(world, room, GOOD_IDS.length + 1);
  for (const clientId of GOOD_IDS)
    if (!documents.some((document) => document.clientId === clientId))
      throw new Unmet(
        `${STORED}a message with clientId: ${show(clientId)}`,
        `there are ${show(documents.map(({ text, clientId }) => ({ text, clientId })))}`,
      );
  const { messages } = await member.ask("history:get", [{ room }], {
    ok: true,
    messages: anything,
  });
  const [oldest] = Array.isArray(messages) ? (messages as unknown[]) : [];
  const told = { clientId: GOOD_IDS[0] as string };
  if (!matches(told, oldest))
    throw new Unmet(
      `${IN_HISTORY}gives a message ${describeShape(told)}`,
      show(oldest),
      { value: oldest },
    );
}

// ---- the same, or not

async function assertWhatIsTheSame(world: World): Promise<void> {
  const [alice, bob] = await inRoom(world, "garden");
  const tab = await world.client("Alice in tab 2");
  await join("garden", tab);
  await clear(world.database, "street");
  await join("street", alice);
  const ids = new Set<string>();
  const isNew = async (what: string, client: Client, message: Said) => {
    const answer = await inWords(what, sendNew(client, message));
    if (ids.has(answer.id))
      throw new Unmet(
        `${what}it is another message, with an id of its own`,
        show(answer),
        { value: answer },
      );
    ids.add(answer.id);
    return answer;
  };
  const text = "Yes";
  const message = { room: "garden", text, clientId: "alice-yes-1" };

  await isNew(PLAIN, alice, { room: "garden", text: "Hm" });
  await isNew(PLAIN, alice, { room: "garden", text: "Well" });
  const first = await isNew("", alice, message);
  await isNew(OTHER_ID, alice, { ...message, clientId: "alice-yes-2" });
  await isNew(OTHER_USER, bob, message);
  await isNew(OTHER_ROOM, alice, { ...message, room: "street" });
  await sendAgain(OTHER_TAB, tab, message, first);
  await sendAgain(OTHER_TEXT, alice, { ...message, text: "No" }, first);

  const documents = await assertStored(world, "garden", 5);
  const changed = documents.find((document) => document.text === "No");
  if (changed !== undefined)
    throw new Unmet(
      `${STORED}the message is as it was, text: ${show(text)}`,
      show({ text: changed.text }),
    );
}

// ---- at the same moment

/** Both are answered with the same id, and one of them hears that it was the second. */
async function sendAtOnce(
  what: string,
  world: World,
  clients: readonly Client[],
  message: Said,
  others: readonly World[] = [],
): Promise<void> {
  const ends = await inStep(
    world,
    () =>
      clients.map((client) =>
        inWords(what, send(client, message, { ok: anything }, SLOWLY)),
      ),
    others,
  );
  const answers: object[] = [];
  for (const end of ends) {
    if (end.status === "rejected") throw end.reason;
    answers.push(end.value);
  }
  const [first, second] = answers.toSorted(
    (one, other) => isDuplicate(one) - isDuplicate(other),
  );
  const refused = answers.find((answer) => !matches(NUMBERED, answer));
  if (
    refused === undefined &&
    matches(NUMBERED, first) &&
    matches({ ...DUPLICATE, id: first.id, seq: first.seq }, second) &&
    !isDuplicate(first)
  )
    return;
  throw new Unmet(
    `${what}both are ok with the same id and seq, and one of them is a duplicate`,
    answers.map((answer) => show(answer)).join(" and "),
    { value: refused ?? second },
  );
}

function isDuplicate(answer: object): 0 | 1 {
  return matches({ duplicate: true }, answer) ? 1 : 0;
}

async function assertAcrossProcesses(world: World): Promise<void> {
  const [alice, bob] = await inRoom(world, "cellar");
  const message = {
    room: "cellar",
    text: "It is dark",
    clientId: "alice-dark-1",
  };
  const first = await sendNew(alice, message);
  await world.audience("message:new", [alice, bob], { id: first.id });

  world.timeline.add({
    lane: "server",
    kind: "hinder",
    text: "another server was started on the same database",
  });
  const anew = await world.another({});
  const later = await anew.client("Alice in tab 2");
  await join("cellar", later);
  await sendAgain(ANEW, later, message, first);
  await anew.audience("message:new", [], {});
  await assertStored(world, "cellar", 1);

  const other = { ...message, clientId: "alice-dark-2" };
  await sendAtOnce(TWO_SERVERS, world, [alice, later], other, [anew]);
  await assertStored(world, "cellar", 2);
  // Whether one server's room hears what another one stored is left open.
  const tellings = () =>
    [alice, bob, later].map((client) => ({
      name: client.name,
      times: client
        .heard("message:new")
        .filter(({ args: [message] }) =>
          matches({ clientId: other.clientId }, message),
        ).length,
    }));
  await looking([world, anew], () => tellings().some(({ times }) => times > 0));
  for (const client of [alice, later]) await hasAnswered(client, "cellar");
  await world.settle();
  await anew.settle();
  const told = tellings();
  const isOnce = told.every(({ times }) => times <= 1);
  if (isOnce && told.some(({ times }) => times === 1)) return;
  throw new Unmet(
    `${TWO_SERVERS}one of them tells it, once`,
    told.map(({ name, times }) => `${name} heard it ${times} times`).join(", "),
  );
}

// ---- a client that sends again

async function assertRetriesAreOne(world: World): Promise<void> {
  const clock = new LimitClock();
  try {
    await sendImpatiently(world);
  } catch (error) {
    // With every attempt spent, or the database given up, because this machine was late.
    const { timeliness } = clock.read(RETRIES * ACK_TIMEOUT);
    if (error instanceof Unmet && timeliness === "could not tell")
      throw new CouldNotTell("this machine was too busy to answer in time");
    throw error;
  } finally {
    clock.stop();
  }
}

async function sendImpatiently(world: World): Promise<void> {
  const { database } = world;
  const impatient = { retries: RETRIES, ackTimeout: ACK_TIMEOUT };
  const alice = await world.client("Alice", impatient);
  const bob = await world.client("Bob");
  await join("stairs", alice, bob);
  const message = {
    room: "stairs",
    text: "Mind the step",
    clientId: "alice-step-1",
  };
  database.delayReplies(LATE, theFirst(storesMessage), "the first insert");
  const attempts = (RETRIES + 1) * ACK_TIMEOUT;
  await send(alice, message, NUMBERED, attempts + PATIENCE);
  await assertStored(world, "stairs", 1);
  database.heal();
  await hasAnswered(bob, "stairs");
  const told = { clientId: message.clientId };
  await world.audience("message:new", [alice, bob], told);
}

function theFirst(
  which: (command: TappedCommand) => boolean,
): (command: TappedCommand) => boolean {
  let first: TappedCommand | undefined;
  return (command) => {
    if (which(command)) first ??= command;
    return command === first;
  };
}

// ---- in order

async function assertOrder(world: World): Promise<void> {
  const { database } = world;
  const [alice, bob] = await inRoom(world, "roof");
  // Nobody has to wait for one that is refused.
  await send(alice, { room: "roof", text: "" }, refusal("BAD_REQUEST"));
  database.delayReplies(
    ODD_DELAY,
    ofEveryOtherMessage(),
    "every other message",
  );
  const numbers = Array.from({ length: BURST }, (_, index) => index + 1);
  const sent = await Promise.all(
    numbers.map((number) => sendNumber(alice, number)),
  );
  database.heal();
  await assertTold(world, bob, IN_ORDER, BURST);
  const places = sent.map(({ seq }) => seq);
  const isAscending = places.every(
    (place, index) => index === 0 || place > (places[index - 1] as number),
  );
  if (!isAscending) throw new Unmet(BY_NUMBER, places.join(", "));
  await assertStored(world, "roof", BURST);
  await whileHeld(() => oneComesBehind(world, alice));
  await assertTold(world, bob, BEHIND, BURST + 3);
}

/** When the first of two is done, and the second is still being stored, a third one comes. */
async function oneComesBehind(world: World, sender: Client): Promise<void> {
  const { database } = world;
  const [first, second, third] = [BURST + 1, BURST + 2, BURST + 3];
  database.withholdReplies(
    (tapped) =>
      storesMessage(tapped) &&
      numberIn(inspect(tapped.command, { depth: 8 })) === second,
    "the insert of one message",
  );
  const done = sendNumber(sender, first);
  const held = sendNumber(sender, second);
  held.catch(() => {}); // It is awaited below.
  await done;
  await looking([world], () => database.tap.held > 0);
  let isAnswered = false;
  const behind = sendNumber(sender, third).finally(() => (isAnswered = true));
  behind.catch(() => {}); // It is awaited below.
  await looking([world], () => isAnswered, OVERTAKING);
  database.heal();
  await Promise.all([held, behind]);
}

function sendNumber(sender: Client, number: number): Promise<Sent> {
  const message = {
    room: "roof",
    text: `burst ${number}`,
    clientId: `alice-burst-${number}`,
  };
  // Each may wait for all before it.
  return send(sender, message, NUMBERED, SLOWLY);
}

/** Bob has heard so many messages, by their numbers. */
async function assertTold(
  world: World,
  bob: Client,
  expected: string,
  count: number,
): Promise<void> {
  // A server may tell what its database reports, a moment after the answer.
  const heard = () => bob.heard("message:new");
  await looking([world], () => heard().length >= count);
  await world.settle();
  const told = heard().map(({ args: [message] }) => numberIn(show(message)));
  if (told.length !== count || told.some((one, index) => one !== index + 1))
    throw new Unmet(expected, told.length === 0 ? "none" : told.join(", "));
}

/**
 * Whether a command is of an odd message of the burst. One that does not say of which message it is,
 * such as one that draws a number, is every other of its kind.
 */
function ofEveryOtherMessage(): (command: TappedCommand) => boolean {
  let unnamed = 0;
  return ({ command }) =>
    (numberIn(inspect(command, { depth: 8 })) ?? ++unnamed) % 2 === 1;
}

function numberIn(text: string): number | undefined {
  const number = /\bburst[ -](\d+)\b/.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}

// ---- a cut in the middle

async function assertUnknownOutcome(world: World): Promise<void> {
  const { database } = world;
  const [alice] = await inRoom(world, "bridge");
  const message = {
    room: "bridge",
    text: "Hold the line",
    clientId: "alice-line-1",
  };
  database.withholdReplies(storesMessage, "the first insert", 1);
  const first = send(alice, message, { ok: anything }, SLOWLY);
  first.catch(() => {}); // It is awaited below.
  await looking([world], () => database.tap.held > 0);
  database.cut();
  database.mend();
  await first;
  const next = {
    room: "bridge",
    text: "Still there",
    clientId: "alice-line-2",
  };
  // Its driver may need a moment to find the way back.
  await patientlyTry(
    world.server,
    () => inWords(AFTERWARDS, send(alice, next, NUMBERED, SLOWLY)),
    ({ facts }) => facts.value !== undefined,
  );
  const answer = await inWords(
    AFTER_THE_CUT,
    send(alice, message, NUMBERED, SLOWLY),
  );
  const documents = await assertStored(world, "bridge", 2);
  const document = documents.find(({ text }) => text === message.text);
  if (String(document?._id) === answer.id) return;
  throw new Unmet(
    `${AFTER_THE_CUT}the answer names the message that is stored, id: ${show(String(document?._id))}`,
    show(answer),
    { value: answer },
  );
}
