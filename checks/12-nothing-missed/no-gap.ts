import { NUMBERED, join, say, stored } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { inBetween, looking, whileHeld } from "../kit/in-step.ts";
import type { World } from "../kit/lesson.ts";
import { PATIENCE } from "../kit/patience.ts";
import { type Matching, anything, matches } from "../kit/shape.ts";
import { Unmet } from "../kit/unmet.ts";
import { ALL_OF_THEM } from "./mistakes.ts";
import { bringing, heardIn } from "./offsets.ts";

/** Somebody joins while somebody else speaks. */

/** In turn as a newcomer and with an offset; as many messages as a newcomer is given are never said. */
const ROUNDS = 4;

/** How long a message may take that is sent while somebody joins, in milliseconds of patience. */
const MEANWHILE = 48;

/** How long the two may take, which are held up on purpose, in milliseconds of patience. */
const SLOWLY = 5 * PATIENCE;

export async function assertNoGap(world: World): Promise<void> {
  const room = "bridge";
  const alice = await world.client("Alice");
  await join(room, alice);
  let { seq: last } = await say(alice, room, "before", NUMBERED);
  for (let round = 1; round <= ROUNDS; round++) {
    const offset = round % 2 === 0 ? last : undefined;
    const offsets = offset === undefined ? undefined : { [room]: offset };
    const bob = await world.client("Bob", bringing("Bob", offsets));
    const saying: Promise<Matching<typeof NUMBERED>>[] = [];
    const speak = async () => {
      const text = `while Bob joins, ${saying.length + 1}`;
      const said = alice.ask(
        "message:send",
        [{ room, text }],
        NUMBERED,
        SLOWLY,
      );
      saying.push(said);
      let isSaid = false;
      const done = () => (isSaid = true);
      said.then(done, done);
      // A server may let her wait until Bob is in: that is another way without a gap.
      await whileHeld([world], () => isSaid, MEANWHILE);
    };
    const answer = { ok: true, missed: anything };
    const { missed } = await inBetween(
      world,
      () => bob.ask("room:join", [{ room }], answer, SLOWLY),
      speak,
    );
    for (const said of saying) ({ seq: last } = await said);
    await assertNoneIsLost(world, { bob, room, missed, offset: offset ?? 0 });
    bob.close();
  }
}

interface Joined {
  bob: Client;
  room: string;
  missed: unknown;
  offset: number;
}

async function assertNoneIsLost(
  world: World,
  { bob, room, missed, offset }: Joined,
): Promise<void> {
  const said = (await stored(world.database, room))
    .map(({ seq }) => Number(seq))
    .filter((seq) => seq > offset);
  const given: unknown[] = Array.isArray(missed) ? missed : [];
  const lost = () => {
    const has = new Set(
      [...given, ...heardIn(bob, room)].map((message) =>
        matches({ seq: anything }, message) ? message.seq : undefined,
      ),
    );
    return said.filter((seq) => !has.has(seq));
  };
  await looking([world], () => lost().length === 0);
  const gap = lost();
  if (gap.length === 0) return;
  throw new Unmet(
    `${ALL_OF_THEM}seq ${said.join(", ")}`,
    `seq ${gap.join(", ")} ${gap.length === 1 ? "is" : "are"} missing`,
  );
}
