import type { Client, ClientOptions } from "../kit/client.ts";
import type { World } from "../kit/lesson.ts";
import { PATIENCE } from "../kit/patience.ts";
import { Kind } from "../kit/shape.ts";
import { Unmet } from "../kit/unmet.ts";
import { A_WORKER, PRIMARYS_OWN } from "./mistakes.ts";

/** Who is in which worker. Only `welcome` tells; which one it will be is the primary's choice. */

/** A client, and the process id of its worker. */
export interface Seated {
  client: Client;
  worker: number;
}

/**
 * How long something may take that goes through several processes, in milliseconds of patience: it is
 * counted in turns of the primary alone.
 */
export const AROUND = 2 * PATIENCE;

/** So often somebody connects to get into a worker: a primary may draw lots. */
const MOST_TRIES = 40;

const aProcessId = new Kind<number>("a process id", (value) =>
  Number.isSafeInteger(value),
);

/**
 * The worker in which a client is, as its `welcome` says.
 *
 * @throws {Unmet} when it says nothing, or names a process that is no worker
 */
export async function workerOf(world: World, client: Client): Promise<number> {
  const { server } = world;
  const { worker } = await client.hears(
    "welcome",
    { id: client.id, recovered: false, worker: aProcessId },
    AROUND,
  );
  if (server.children.includes(worker)) return worker;
  throw new Unmet(
    A_WORKER,
    worker === server.pid
      ? `${worker}, ${PRIMARYS_OWN}`
      : `${worker}, which is none that your server has started`,
    { value: { worker } },
  );
}

/** Connects somebody, into whichever worker. */
export async function seat(
  world: World,
  name: string,
  options?: ClientOptions,
): Promise<Seated> {
  const client = await world.client(name, options);
  return { client, worker: await workerOf(world, client) };
}

/**
 * Connects somebody as often as it takes to get into such a worker. Whoever gets into another one
 * stays connected: a primary may hand the next one to where the fewest are.
 *
 * @throws {Unmet} when that never happens
 */
export async function seatIn(
  world: World,
  name: string,
  isRight: (worker: number) => boolean,
): Promise<Seated> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const seated = await seat(world, tries === 1 ? name : nextTab(world, name));
    if (isRight(seated.worker)) return seated;
  }
  throw new Unmet(
    "who connects gets into each of the workers",
    `${name} got into the same one ${MOST_TRIES} times`,
  );
}

/** Such as "Bob in tab 3", where Bob is there twice. */
export function nextTab({ clients }: World, name: string): string {
  const [person = name] = name.split(" ");
  const there = clients.filter(
    (client) => client.name.split(" ")[0] === person,
  ).length;
  return there === 0 ? person : `${person} in tab ${there + 1}`;
}

/** Alice and Carol in one worker, Bob and Dave in another. */
export async function seatFour(
  world: World,
): Promise<[alice: Seated, bob: Seated, carol: Seated, dave: Seated]> {
  const [alice, bob] = await seatTwo(world);
  const carol = await seatIn(world, "Carol", (at) => at === alice.worker);
  const dave = await seatIn(world, "Dave", (at) => at === bob.worker);
  return [alice, bob, carol, dave];
}

/** Two in different workers: Alice and Bob unless they are named. */
export async function seatTwo(
  world: World,
  one = "Alice",
  other = "Bob",
): Promise<[Seated, Seated]> {
  const first = await seat(world, one);
  const second = await seatIn(world, other, (at) => at !== first.worker);
  return [first, second];
}
