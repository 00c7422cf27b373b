import { NUMBERED, join, stored } from "../kit/chat.ts";
import { inStep } from "../kit/in-step.ts";
import type { World } from "../kit/lesson.ts";
import { type Shape, anything, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import { BOTH_AT_ONCE, ONE_OF_TWO, SEQS, STORED } from "./mistakes.ts";
import { Reach } from "./reach.ts";
import { type Seated, seatTwo } from "./seats.ts";

/** What two workers do at the same moment. */

/** Messages that each of two says, always both at once. */
const ROUNDS = 4;

export async function assertOneMessage(world: World): Promise<void> {
  const room = "attic";
  const [alice, tab] = await seatTwo(world, "Alice", "Alice in tab 2");
  await join(room, alice.client, tab.client);
  const reach = new Reach(world, [alice, tab]);
  const text = "Anybody up here?";
  const message = { room, text, clientId: "alice-attic-1" };

  // Said with the first of the two, if they can be told apart: both are Alice.
  await reach.expect("message:new", message, alice, [alice, tab], async () => {
    const answers = await atOnce(
      world,
      [alice, tab].map((from) => ({ from, message })),
    );
    assertOneIsDuplicate(answers);
    await assertStored(world, room, 1);
  });
  await reach.assertOnce(room, [alice, tab]);
}

function assertOneIsDuplicate(answers: readonly object[]): void {
  const isSecond = (answer: object) => matches({ duplicate: true }, answer);
  const [first, second] = answers.toSorted(
    (one, other) => Number(isSecond(one)) - Number(isSecond(other)),
  );
  const both = { id: anything, seq: anything };
  const isOne =
    matches(NUMBERED, first) &&
    !isSecond(first) &&
    matches({ ...both, ok: true, duplicate: true }, second) &&
    second.id === first.id &&
    second.seq === first.seq;
  if (isOne) return;
  throw new Unmet(
    ONE_OF_TWO,
    answers.map((answer) => show(answer)).join(" and "),
    { value: answers.find((answer) => !matches(NUMBERED, answer)) ?? second },
  );
}

export async function assertPlaces(world: World): Promise<void> {
  const room = "stairs";
  const [alice, bob] = await seatTwo(world);
  const both = [alice, bob];
  await join(room, alice.client, bob.client);
  const reach = new Reach(world, both);
  await reach.says(alice, room, "before", both);
  for (let round = 1; round <= ROUNDS; round++) {
    const said = both.map((from) => ({
      from,
      message: { room, text: `${from.client.name}'s ${round}` },
    }));
    const answers = await atOnce(world, said, NUMBERED);
    assertDifferent(answers.map(({ seq }) => seq));
    for (const { from, message } of said)
      await reach.expect("message:new", message, from, both, () => {});
  }
  const documents = await assertStored(world, room, 1 + 2 * ROUNDS);
  assertDifferent(documents.map(({ seq }) => seq));
  await reach.assertOnce(room, [alice, bob]);
}

function assertDifferent(seqs: readonly unknown[]): void {
  if (new Set(seqs).size === seqs.length) return;
  throw new Unmet(SEQS, `seq ${seqs.join(", ")}`);
}

interface Said {
  from: Seated;
  message: { room: string; text: string; clientId?: string };
}

/**
 * Sends them all, each step of them at the same moment; see in-step.ts.
 *
 * @returns the answers, in their order
 */
async function atOnce(
  world: World,
  said: readonly Said[],
): Promise<{ ok: unknown }[]>;
async function atOnce(
  world: World,
  said: readonly Said[],
  answer: typeof NUMBERED,
): Promise<{ id: string; seq: number }[]>;
async function atOnce(
  world: World,
  said: readonly Said[],
  answer: Shape & object = { ok: anything },
): Promise<unknown[]> {
  const ends = await inStep(world, () =>
    said.map(({ from: { client }, message }) =>
      inWords(BOTH_AT_ONCE, client.ask("message:send", [message], answer)),
    ),
  );
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

/** @throws {Unmet} with `facts.times` */
async function assertStored({ database }: World, room: string, count: number) {
  const documents = await stored(database, room);
  if (documents.length === count) return documents;
  throw new Unmet(
    `${STORED}${count === 1 ? "one message" : `${count} messages`} of this room`,
    `there are ${documents.length}`,
    { times: documents.length },
  );
}
