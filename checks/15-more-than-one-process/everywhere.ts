import { join, refusal } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { showAnswer } from "../kit/http.ts";
import type { World } from "../kit/lesson.ts";
import { patientlyTry } from "../kit/patience.ts";
import { aNumber, describeShape, matches } from "../kit/shape.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import { NOBODYS_ID, NO_ID, ROOM_INSIDE } from "./mistakes.ts";
import { Reach } from "./reach.ts";
import { AROUND, seat, seatFour, seatTwo } from "./seats.ts";

/** What reaches people, and what counts them, in whichever worker they are. */

export async function assertRoomIsOne(world: World): Promise<void> {
  const room = "tea";
  const [alice, bob, carol, dave] = await seatFour(world);
  const zoe = await seat(world, "Zoe");
  const all = [alice, bob, carol, dave];
  for (const { client } of all) await join(room, client);
  const reach = new Reach(world, [...all, zoe]);

  for (const speaker of all)
    await reach.says(speaker, room, `from ${speaker.client.name}`, all);
  const aboutCarol = { room, user: "carol" };
  await reach.expect("typing", aboutCarol, carol, [alice, bob, dave], () =>
    carol.client.emit("typing:start", { room }),
  );
  await reach.expect("room:left", aboutCarol, carol, [alice, bob, dave], () =>
    carol.client.ask("room:leave", [{ room }], { ok: true, room }),
  );
  await reach.says(bob, room, "without Carol", [alice, bob, dave]);
  const aboutDave = { room, user: "dave" };
  await reach.expect("room:left", aboutDave, dave, [alice, bob], () =>
    dave.client.leave(),
  );
  const joined = { room, user: "zoe" };
  await reach.expect("room:joined", joined, zoe, [alice, bob], () =>
    join(room, zoe.client),
  );
  await reach.assertOnce(room, [alice, bob], [zoe]);
}

export async function assertDirectMessages(world: World): Promise<void> {
  const room = "tea";
  const [alice, bob, carol, dave] = await seatFour(world);
  await join(room, alice.client, bob.client, carol.client);
  const reach = new Reach(world, [alice, bob, carol, dave]);
  const write = (to: string, text: string) =>
    alice.client.ask("dm:send", [{ to, text }], { ok: true }, AROUND);

  for (const receiver of [bob, carol, dave]) {
    const { id, name } = receiver.client;
    const told = { from: alice.client.id, text: `only for ${name}` };
    await reach.expect("dm:new", told, alice, [receiver], () =>
      write(id, told.text),
    );
  }
  for (const [what, to] of [
    [NOBODYS_ID, "nobody-has-this-id-0"],
    [NO_ID, room],
    [ROOM_INSIDE, `room:${room}`],
  ] as const)
    await reach.expect("dm:new", { text: `for ${to}` }, alice, [], () =>
      inWords(
        what,
        alice.client.ask(
          "dm:send",
          [{ to, text: `for ${to}` }],
          refusal("BAD_REQUEST"),
          AROUND,
        ),
      ),
    );
  await reach.assertOnce(room, [alice, bob], [carol]);
}

/** So often a question is asked again, on a connection of its own: any worker may answer it. */
const ASKED = 4;

export async function assertCounts(world: World): Promise<void> {
  const [alice, bob] = await seatTwo(world);
  await assertMembers(alice.client, "tea", 1);
  await assertMembers(bob.client, "cake", 1);
  await assertMembers(alice.client, "hall", 1);
  await assertMembers(bob.client, "hall", 2);
  await assertStats(world, { online: world.clients.length, rooms: 3 });
  await world.client("Carol");
  const online = world.clients.length;
  await assertStats(world, { online, rooms: 3 });

  const namespace = "/admin";
  for (const name of ["Admin", "Admin in tab 2", "Admin in tab 3"]) {
    const admin = await world.client(name, { namespace });
    await admin.ask("stats:get", [{}], { ok: true, online }, AROUND);
  }
  bob.client.leave();
  await assertStats(world, { online: online - 1, rooms: 2 });
}

async function assertMembers(
  client: Client,
  room: string,
  members: number,
): Promise<void> {
  const answer = { ok: true, room, members };
  await client.ask("room:join", [{ room }], answer, AROUND);
}

/** Who has left is not forgotten in all workers at the same moment. */
async function assertStats(
  world: World,
  expected: { online: number; rooms: number },
): Promise<void> {
  for (let time = 1; time <= ASKED; time++)
    await patientlyTry(world.server, () => lookAtStats(world, expected));
}

/** @throws {Unmet} with the answer */
async function lookAtStats(
  { request }: World,
  expected: { online: number; rooms: number },
): Promise<void> {
  const answer = await request("/stats", { patience: AROUND });
  if (answer.status === 200 && matches(expected, answer.json)) return;
  const counts = matches({ online: aNumber, rooms: aNumber }, answer.json)
    ? answer.json
    : undefined;
  throw new Unmet(
    `GET /stats answers 200 and ${describeShape(expected)}, whichever worker it comes to`,
    showAnswer(answer),
    {
      status: answer.status,
      value: counts && { counts, expected },
    },
  );
}
