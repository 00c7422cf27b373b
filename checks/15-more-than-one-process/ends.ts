import { join, say } from "../kit/chat.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import { PATIENCE, pass } from "../kit/patience.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { Unmet } from "../kit/unmet.ts";
import { assertAllUsed } from "./connecting.ts";
import { BY_SIGNAL, ENDS, GOODBYES, goodbyes } from "./mistakes.ts";
import { AROUND, seatTwo } from "./seats.ts";

/** The end of all workers, and how many there are. */

/** How long all of it may take to end, in milliseconds. */
const END = 5_000;

export async function assertEnds(world: World): Promise<void> {
  // There are no signals on Windows.
  if (process.platform === "win32") return;
  const database = await world.emptyDatabase();
  const other = await world.another({}, database);
  const seats = await seatTwo(other);
  for (const { client } of seats) {
    await join("hall", client);
    await say(client, "hall", `from ${client.name}`);
  }
  await other.client("Carol", { transports: ["polling"] });
  const [, { client: bob, worker: last }] = seats;
  const hinder = (text: string) =>
    world.timeline.add({ lane: "server", kind: "hinder", text });
  hinder(`the worker of ${bob.name} was stopped until another one had ended`);
  process.kill(last, "SIGSTOP");
  hinder("the server was sent SIGTERM");
  const workersLeft = countWhileItEnds(other.server);
  const goesOn = letGoOnLast(other.server, last);
  const { fault, signal, code } = await other.server.stop("SIGTERM", END);
  await goesOn;
  const workers = workersLeft();
  if (fault !== null)
    throw new Unmet(ENDS, fault.message, { value: { workers } });
  if (signal !== null) throw new Unmet(ENDS, `${BY_SIGNAL} ${signal}`);
  if (code !== 0) throw new Unmet(ENDS, `exit code ${code}`);
  assertGoodbyes(database, seats.length);
}

/** How long a worker is kept from ending at most, in milliseconds of patience. */
const KEPT = PATIENCE;

/** Within this a primary has noticed that a worker has ended, in milliseconds of patience. */
const NOTICED = 100;

/**
 * Lets a stopped worker go on when another one has ended and the primary knows it. So it is the last, and a
 * primary that does not wait for all of them shows it.
 */
async function letGoOnLast(
  server: ServerProcess,
  worker: number,
): Promise<void> {
  const { length: before } = server.children;
  const isFirst = () => server.children.length === before;
  try {
    for (let waited = 0; waited < KEPT && isFirst(); waited += NOTICED)
      await pass(NOTICED, server);
    await pass(NOTICED, server);
  } catch {
    // The primary has ended.
  }
  try {
    process.kill(worker, "SIGCONT");
  } catch {
    // The worker has, too.
  }
}

/** How many workers lived when the time for the end was nearly over. */
function countWhileItEnds(server: ServerProcess): () => number {
  let workers = server.children.length;
  const timer = setInterval(() => (workers = server.children.length), 50);
  const enough = setTimeout(() => clearInterval(timer), END - 100);
  return () => {
    clearInterval(timer);
    clearTimeout(enough);
    return workers;
  };
}

/** Each worker has a database client of its own, and closes it. */
function assertGoodbyes({ tap }: LessonDatabase, workers: number): void {
  const said = new Set(
    tap.allCommands
      .filter(({ name }) => name === "endSessions")
      .map(({ connection }) => connection),
  ).size;
  if (said >= workers) return;
  throw new Unmet(GOODBYES, goodbyes(said), { times: said });
}

/** More than there are by default. */
const MANY = 3;

export async function assertWorkers(world: World): Promise<void> {
  const other = await world.another({ env: { WORKERS: String(MANY) } });
  await assertAllUsed(other, new Set(), MANY);
  const [someone] = other.clients;
  if (someone === undefined) return;
  const room = "hall";
  for (const client of other.clients) await join(room, client);
  await say(someone, room, "to all of you");
  for (const client of other.clients)
    await client.hears("message:new", { text: "to all of you" }, AROUND);
}
