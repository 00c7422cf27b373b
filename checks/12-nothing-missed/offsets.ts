import {
  NUMBERED,
  hasAnswered,
  join,
  refusal,
  say,
  seed,
  told,
} from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { looking } from "../kit/in-step.ts";
import type { World } from "../kit/lesson.ts";
import {
  type Shape,
  aNumber,
  anything,
  describeShape,
  matches,
} from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { tokenOf } from "../kit/tokens.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import {
  AFTER_THE_RESTART,
  AT_THE_END,
  BEYOND_THE_END,
  FROM_THE_BEGINNING,
  type Given,
  INHERITED,
  MISSED_500,
  MISSED_501,
  NEWCOMER,
  OTHERS,
  WITH_OFFSET,
} from "./mistakes.ts";

/** What room:join gives to whom: the messages that came after an offset. */

/** What a newcomer is given, and what somebody is given at most who was away. */
const NEWEST = 50;
const MOST = 500;

/** A message as a client has heard it. */
export type Heard = Readonly<Record<string, Shape>>;

export function heardIn(client: Client, room: string): Heard[] {
  return client
    .heard("message:new")
    .map(({ args: [payload] }) => payload)
    .filter((payload): payload is Heard => matches({ room }, payload));
}

/** What it has heard in this room, once it has heard so many. */
async function heardAll(
  world: World,
  client: Client,
  room: string,
  count: number,
): Promise<Heard[]> {
  await looking([world], () => heardIn(client, room).length >= count);
  await client.settled();
  return heardIn(client, room);
}

/** What a client brings: its token, and how far it has heard. */
export function bringing(name: string, offsets?: unknown) {
  const token = tokenOf(name);
  return { auth: offsets === undefined ? { token } : { token, offsets } };
}

export async function assertMissed(world: World): Promise<void> {
  const room = "lane";
  const [alice, bob] = await world.connect("Alice", "Bob");
  await bob.hears("welcome", {});
  await join(room, alice, bob);
  const tab = await world.client("Bob in tab 2");
  await join(room, tab);
  await say(alice, room, "one");
  const { seq: offset } = await say(alice, room, "two", NUMBERED);
  for (const seq of [anything, offset]) await bob.hears("message:new", { seq });
  bob.leave();
  await alice.hears("room:left", {});
  await say(alice, room, "three");
  // What he wrote in another tab he has not heard here.
  await say(tab, room, "four");
  await say(alice, room, "five");
  const said = await heardAll(world, alice, room, 5);

  await bob.reconnect({ auth: { offsets: { [room]: offset } } });
  await bob.hears("welcome", { id: bob.id, recovered: false });
  await assertGiven(WITH_OFFSET, bob, room, { messages: said.slice(2) });
  await hasAnswered(bob, room);
  await alice.settled();
  const again = heardIn(alice, room).length - said.length;
  if (again > 0)
    throw new Unmet(OTHERS, `Alice heard message:new ${again} times more`, {
      heardBy: ["Alice"],
    });

  const last = Number(said.at(-1)?.seq);
  for (const [what, seq, messages] of [
    [AT_THE_END, last, []],
    [BEYOND_THE_END, last + 1_000_000, []],
  ] as const) {
    const dave = await world.client("Dave", bringing("Dave", { [room]: seq }));
    await assertGiven(what, dave, room, { messages });
  }
  await say(alice, room, "six");
  await bob.hears("message:new", { text: "six" });
}

export async function assertRestart(world: World): Promise<void> {
  const room = "quay";
  const first = await world.another({});
  const [alice, bob] = await first.connect("Alice", "Bob");
  await join(room, alice, bob);
  const { seq: offset } = await say(alice, room, "one", NUMBERED);
  await bob.hears("message:new", { seq: offset });
  bob.cut();
  await alice.hears("room:left", {});
  await say(alice, room, "two");
  for (const text of ["one", "two"]) await alice.hears("message:new", { text });

  world.timeline.add({
    lane: "server",
    kind: "hinder",
    text: "the server was ended, and started anew on the same port",
  });
  await first.server.stop();
  const anew = await world.another({ port: first.server.port });
  const { server } = anew;
  await alice.reconnect({ server });
  await join(room, alice);
  await say(alice, room, "three");
  const said = await heardAll(anew, alice, room, 3);

  await bob.reconnect({ server, auth: { offsets: { [room]: offset } } });
  await assertGiven(AFTER_THE_RESTART, bob, room, {
    messages: said.slice(1),
  });
}

export async function assertBounded(world: World): Promise<void> {
  const room = "archive";
  const last = MOST + NEWEST + 10;
  const seeded = await seed(world.database, room, last);
  const messages = seeded.map((message) => told(message));
  for (const [what, offset, expected] of [
    [NEWCOMER, undefined, { messages: messages.slice(-NEWEST) }],
    [
      MISSED_501,
      last - MOST - 1,
      { messages: messages.slice(-MOST - 1, -1), truncated: true },
    ],
    [
      FROM_THE_BEGINNING,
      0,
      { messages: messages.slice(0, MOST), truncated: true },
    ],
    [MISSED_500, last - MOST, { messages: messages.slice(-MOST) }],
  ] as const) {
    const offsets = offset === undefined ? undefined : { [room]: offset };
    const dave = await world.client("Dave", bringing("Dave", offsets));
    await assertGiven(what, dave, room, expected);
  }
}

/** What is no whole number from 0 on, and may become one on the way. */
const ODD_OFFSETS: readonly unknown[] = [
  "55",
  "x",
  "",
  -1,
  5.5,
  null,
  true,
  [55],
  [],
  {},
  { $gt: 55 },
];

export async function assertOddOffsets(world: World): Promise<void> {
  const room = "market";
  const seeded = await seed(world.database, room, NEWEST + 10);
  const messages = seeded.slice(-NEWEST).map((message) => told(message));
  const looks = [
    ...ODD_OFFSETS.map((offset) => ({
      what: `with offset ${show(offset)}: `,
      offsets: { [room]: offset },
    })),
    ...[null, 55, "55", [55], room].map((offsets) => ({
      what: `with offsets ${show(offsets)}: `,
      offsets,
    })),
  ].map(async ({ what, offsets }) => {
    try {
      const dave = await world.client("Dave", bringing("Dave", offsets));
      await assertGiven(what, dave, room, { messages });
    } catch (error) {
      if (!(error instanceof Unmet) || !isBadRequest(error.facts.value))
        throw error;
    }
  });
  for (const end of await Promise.allSettled(looks))
    if (end.status === "rejected") throw end.reason;

  const [only] = await seed(world.database, INHERITED_NAME, 1);
  const dave = await world.client("Dave", bringing("Dave", { [room]: 55 }));
  await assertGiven(INHERITED, dave, INHERITED_NAME, {
    messages: only === undefined ? [] : [told(only)],
  });
}

/** A room may have the name of something that every object has. */
const INHERITED_NAME = "constructor";

/** Whether a client was refused for its offsets, on joining or at the door. */
function isBadRequest(value: unknown): boolean {
  return (
    matches(refusal("BAD_REQUEST"), value) ||
    matches({ data: { code: "BAD_REQUEST" } }, value)
  );
}

interface Expected {
  /** In their order. */
  messages: readonly Shape[];
  truncated?: boolean;
}

/**
 * The client joins, and is given these messages.
 *
 * @throws {Unmet} with a {@link Given}, or with the message that is another one
 */
export async function assertGiven(
  what: string,
  client: Client,
  room: string,
  { messages, truncated = false }: Expected,
): Promise<void> {
  const joined = { ok: true, room, members: aNumber };
  const answer = await inWords(
    what,
    client.ask("room:join", [{ room }], joined),
  );
  const { missed, truncated: isMore } = answer as Record<string, unknown>;
  if (!Array.isArray(missed))
    throw new Unmet(
      `${what}room:join is acknowledged with { missed: a list }`,
      show(answer),
      { value: answer },
    );
  const value: Given = {
    came: missed.map(seqOf),
    expected: messages.map(seqOf) as number[],
    truncated: isMore,
  };
  if (value.came.join() !== value.expected.join() || isMore !== truncated)
    throw new Unmet(
      `${what}missed has ${seqsInWords(value.expected)}, truncated: ${truncated}`,
      `${seqsInWords(value.came)}, truncated: ${show(isMore)}`,
      { value },
    );
  for (const [index, message] of messages.entries()) {
    const other: unknown = missed[index];
    if (!matches(message, other))
      throw new Unmet(
        `${what}missed has ${describeShape(message)}`,
        show(other),
        { value: { other } },
      );
  }
}

function seqOf(message: unknown): unknown {
  return matches({ seq: anything }, message) ? message.seq : undefined;
}

/** Such as `seq 2, 3, 4` or `50 messages, seq 511 … 560`. */
function seqsInWords(seqs: readonly unknown[]): string {
  if (seqs.length === 0) return "nothing";
  return seqs.length <= 8
    ? `seq ${seqs.join(", ")}`
    : `${seqs.length} messages, seq ${seqs[0]} … ${seqs.at(-1)}`;
}
