import type { ClientOptions } from "../kit/client.ts";
import { RequestNeverAnswered } from "../kit/faults.ts";
import type { World } from "../kit/lesson.ts";
import { tokenOf } from "../kit/tokens.ts";
import { Unmet } from "../kit/unmet.ts";
import { ALL_WORKERS, SAME_SESSION } from "./mistakes.ts";
import { nextTab, seat } from "./seats.ts";

/** Who gets in, and into how many workers. */

/** How many workers there are when WORKERS is not set. */
const USUALLY = 2;

/** Requests of one session, each on a connection of its own. */
const REQUESTS = 4;

/** Clients of each kind. */
const CLIENTS = 4;

export async function assertEverybodyConnects(world: World): Promise<void> {
  await allReady(world);
  await assertOneIsKept(world);
  const kinds: Required<Pick<ClientOptions, "transports">>[] = [
    { transports: ["polling"] },
    { transports: ["websocket"] },
    { transports: ["polling", "websocket"] },
  ];
  const workers = new Set<number>();
  for (const kind of kinds)
    for (let number = 1; number <= CLIENTS; number++) {
      workers.add((await seat(world, nextName(world), kind)).worker);
    }
  await assertAllUsed(world, workers, USUALLY);
}

/** How long it may take until all workers serve, in milliseconds of patience. */
const BEGINNING = 5_000;

/** How long an answer may take, in milliseconds of patience, before the question is lost. */
const LOST = 300;

/**
 * A primary may listen before its workers can serve. What it hands over until then is lost, so that
 * who has asked has to ask again.
 */
async function allReady({ request }: World): Promise<void> {
  let inARow = 0;
  for (let waited = 0; inARow < 2 * USUALLY; waited += LOST)
    try {
      await request("/health", { patience: LOST, quiet: true });
      inARow++;
    } catch (error) {
      if (!(error instanceof RequestNeverAnswered) || waited >= BEGINNING)
        throw error;
      inARow = 0;
    }
}

/** So many sessions are begun until one is kept: a request can overtake the news of its session. */
const SESSIONS = 3;

async function assertOneIsKept(world: World): Promise<void> {
  for (let session = 1; ; session++)
    try {
      return await assertSessionIsKept(world);
    } catch (error) {
      if (!(error instanceof Unmet) || session === SESSIONS) throw error;
    }
}

/**
 * A session over polling, of which each request is a connection of its own: any of them could come to
 * another worker. A client that reuses its connections would have luck now and then.
 */
async function assertSessionIsKept(world: World): Promise<void> {
  const session = await world.rawClient();
  try {
    await session.send(`40${JSON.stringify({ token: tokenOf("Alice") })}`);
    await session.poll();
    for (let request = 1; request <= REQUESTS; request++) {
      // Nobody knows that namespace, and Socket.IO says so.
      await session.send(`40/nowhere-${request},`);
      await session.poll();
    }
    // Engine.IO's goodbye.
    await session.send("1");
  } catch (error) {
    if (!(error instanceof Unmet) || error.facts.status === undefined)
      throw error;
    throw new Unmet(SAME_SESSION, error.received, error.facts);
  }
}

const names = ["Alice", "Bob", "Carol", "Dave"];

/** Alice, Bob, Carol, Dave, "Alice in tab 2" … */
function nextName(world: World): string {
  return nextTab(world, names[world.clients.length % names.length] as string);
}

/** So many may come before each worker has had somebody: a primary may draw lots. */
const MOST = 60;

/**
 * Each of the workers gets somebody, and there are so many.
 *
 * @param workers in which somebody has been already
 */
export async function assertAllUsed(
  world: World,
  workers: Set<number>,
  count: number,
): Promise<void> {
  while (workers.size < count && world.clients.length < MOST)
    workers.add((await seat(world, nextName(world))).worker);
  if (workers.size === count) return;
  throw new Unmet(
    `${ALL_WORKERS}${count} workers`,
    workers.size === 1 ? "they are all in one" : `they are in ${workers.size}`,
    { times: workers.size, value: { started: world.server.children.length } },
  );
}
