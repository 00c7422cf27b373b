import { setTimeout as sleep } from "node:timers/promises";
import { SENT, hasAnswered, join, say } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { looking } from "../kit/in-step.ts";
import type { World } from "../kit/lesson.ts";
import { matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import {
  ANNOUNCED,
  IS_RECOVERED,
  LET_IN,
  type NotRecovered,
  REJOINED,
  SAME_ID,
  WHAT_WAS_SAID,
  WITHOUT_JOINING,
} from "./mistakes.ts";
import { assertGiven, heardIn } from "./offsets.ts";

/** A line is cut, and taken up again a moment later. */

/** Milliseconds that Carol is away, at least: a limit that was meant in seconds is over by then. */
const AWAY = 250;

const MEANWHILE = ["one", "two", "three"];

export async function assertRecovery(world: World): Promise<void> {
  const room = "garden";
  const clients = await world.connect("Alice", "Carol", "Bob");
  for (const client of clients)
    await client.hears("welcome", { id: client.id, recovered: false });
  const [alice, carol, bob] = clients;
  // Bob is the last: until he is cut, he hears nothing but his welcome.
  await join(room, alice, carol, bob);
  for (const user of ["carol", "bob"])
    await alice.hears("room:joined", { room, user });

  const [bobsId, carolsId] = [bob.id, carol.id];
  await cut(alice, bob, carol);
  const away = sleep(AWAY);
  for (const text of MEANWHILE) await say(alice, room, text);

  await comesBack(bob, bobsId, { [room]: 0 });
  await inWords(WITHOUT_JOINING, say(bob, room, "Bob is back"));
  await hasHeard(world, bob, room, [...MEANWHILE, "Bob is back"], alice);
  const bobs = { room, user: "bob" };
  await inWords(ANNOUNCED, alice.hears("room:joined", bobs));

  await away;
  await comesBack(carol, carolsId, { [room]: 0 });
  await inWords(WITHOUT_JOINING, say(carol, room, "Carol too"));
  const said = [...MEANWHILE, "Bob is back", "Carol too"];
  await hasHeard(world, carol, room, said, alice);
}

export async function assertRecoveryAfterTyping(world: World): Promise<void> {
  const room = "porch";
  const [alice, bob] = await world.connect("Alice", "Bob");
  await bob.hears("welcome", {});
  await join(room, alice, bob);
  // A volatile event that comes while another is being written is thrown away.
  await world.settle();
  alice.emit("typing:start", { room });
  await bob.hears("typing", {});
  await bob.settled();
  const { id } = bob;
  await cut(alice, bob);
  await say(alice, room, "one");
  await comesBack(bob, id, { [room]: 0 });
  await hasHeard(world, bob, room, ["one"], alice);
}

export async function assertGate(world: World): Promise<void> {
  const room = "gate";
  const [alice, bob] = await world.connect("Alice", "Bob");
  await bob.hears("welcome", {});
  await join(room, alice, bob);
  const { auth } = bob.socket;
  await cut(alice, bob);
  const stranger = { token: "taken-back" };
  const refusal = await bob.knockAgain({ auth: stranger });
  const expected = `Bob, with ${show(stranger)} this time, is refused: "unauthorized", { code: 'UNAUTHORIZED' }`;
  if (refusal === null) throw new Unmet(expected, LET_IN);
  const { message, data } = refusal;
  if (message !== "unauthorized" || !matches({ code: "UNAUTHORIZED" }, data))
    throw new Unmet(
      expected,
      `refused: ${show(message)}, ${data === undefined ? "without data" : show(data)}`,
      { value: refusal },
    );
  await bob.reconnect({ auth: { ...auth } });
  await join(room, bob);
  await bob.ask("message:send", [{ room, text: "It is me" }], SENT);
  await alice.hears("message:new", { room, user: "bob", text: "It is me" });
}

/** Whoever is recovered has heard all, and misses nothing in a room that was kept. */
export async function assertKeptRoom(world: World): Promise<void> {
  const room = "yard";
  const [alice, carol] = await world.connect("Alice in tab 2", "Carol");
  await carol.hears("welcome", {});
  await join(room, alice, carol);
  const { id } = carol;
  await cut(alice, carol);
  await say(alice, room, "one");
  await comesBack(carol, id, { [room]: 0 });
  await assertGiven(REJOINED, carol, room, { messages: [] });
}

/** The line of these is cut, and the server has noticed. */
async function cut(witness: Client, ...clients: Client[]): Promise<void> {
  for (const client of clients) client.cut();
  // Which of them it notices first is not its choice.
  for (const _ of clients) await witness.hears("room:left", {});
}

/**
 * The client takes the line up again, and is recovered.
 *
 * @param id of its socket before the cut
 * @param offsets how far it has heard
 * @throws {Unmet} with a {@link NotRecovered}
 */
async function comesBack(
  client: Client,
  id: string,
  offsets: Readonly<Record<string, number>>,
): Promise<void> {
  const { name, socket } = client;
  // Socket.IO's client keeps these two to itself.
  const kept = socket as unknown as { _pid?: string; _lastOffset?: string };
  const { _pid: session, _lastOffset: place } = kept;
  await client.reconnect({ auth: { offsets } });
  if (!socket.recovered) {
    const value: NotRecovered = {
      session: session !== undefined,
      place: place !== undefined,
    };
    throw new Unmet(
      `${name}'s ${IS_RECOVERED}`,
      "it is a new one: socket.recovered is not true",
      { value },
    );
  }
  if (client.id !== id)
    throw new Unmet(`${name} has ${SAME_ID}`, "another one");
  await client.hears("welcome", { id, recovered: true });
}

/**
 * In this room the client has heard these texts, in this order, each once.
 *
 * @param witness somebody who was there all the time
 * @throws {Unmet} with `facts.heardBy`, those who have heard one of them too often
 */
async function hasHeard(
  world: World,
  client: Client,
  room: string,
  texts: readonly string[],
  witness: Client,
): Promise<void> {
  // A server may tell what its database reports, a moment after the answer.
  const isEnough = () => heardIn(client, room).length >= texts.length;
  await looking([world], isEnough);
  // One that sends it once more may have to ask its database first.
  await hasAnswered(client, room);
  await client.settled();
  await witness.settled();
  const heardBy = (who: Client) => heardIn(who, room).map(({ text }) => text);
  const heard = heardBy(client);
  if (heard.join() === texts.join()) return;
  const mostTimes = (who: Client) =>
    Math.max(
      ...texts.map((text) => heardBy(who).filter((one) => one === text).length),
    );
  throw new Unmet(
    `${client.name} ${WHAT_WAS_SAID}${texts.join(", ")}`,
    heard.length === 0 ? "nothing" : heard.join(", "),
    {
      heardBy: [client, witness]
        .filter((who) => mostTimes(who) > 1)
        .map(({ name }) => name),
      times: mostTimes(client),
    },
  );
}
