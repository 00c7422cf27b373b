import { NUMBERED, join, say, stored, storesMessage } from "../kit/chat.ts";
import type { Client } from "../kit/client.ts";
import { looking } from "../kit/in-step.ts";
import type { World } from "../kit/lesson.ts";
import { PATIENCE, pass, patiently } from "../kit/patience.ts";
import { aNumber, anything, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { tokenOf } from "../kit/tokens.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import {
  COMES_BACK,
  GIVEN,
  NO_NEW_WORKER,
  ONLINE,
  REPLACED,
  SENT_AGAIN,
  UNDISTURBED,
} from "./mistakes.ts";
import { AROUND, type Seated, nextTab, seat, seatTwo } from "./seats.ts";

/** A worker dies in the middle of its work. */

/** How long a primary may take to begin another worker, in milliseconds of patience. */
const A_NEW_ONE = 5_000;

/**
 * How long it may take until all is as before, in wall-clock milliseconds. Until the others notice that
 * one of them is gone, which takes 10 s by default, a question to all of them waits for it.
 */
const UNTIL_NOTICED = 20_000;

/** Between two tries, in milliseconds of patience. */
const A_WHILE = 100;

const room = "quay";

export async function assertDeathIsSurvived(world: World): Promise<void> {
  const [alice, bob] = await seatTwo(world);
  await join(room, alice.client, bob.client);
  const { seq: offset } = await say(alice.client, room, "one", NUMBERED);
  await bob.client.hears("message:new", { seq: offset }, AROUND);
  const before = world.server.children;

  const unanswered = { room, text: "Is it me?", clientId: "bob-quay-1" };
  await dieBeforeAnswering(world, bob, unanswered);
  for (const text of ["two", "three"]) await sayUndisturbed(alice, text);

  await comeBack(world, bob.client, { [room]: offset });
  await assertGiven(world, bob.client, offset);
  await assertSentAgain(world, bob.client, unanswered);
  await sayUndisturbed(alice, "four");
  await hearsText(bob.client, "four");
  await assertReplaced(world, before);
  assertUndisturbed(alice);
  await assertOnline(world);
}

/** The database has stored it, and the worker dies before it knows. */
async function dieBeforeAnswering(
  { server, database, timeline }: World,
  { client, worker }: Seated,
  message: object,
): Promise<void> {
  database.withholdReplies(storesMessage, "the next insert", 1);
  client.emit("message:send", message);
  await looking(
    [{ server, database } as World],
    () => database.tap.held > 0,
    PATIENCE,
  );
  const gone = new Promise<void>((resolve) =>
    client.socket.once("disconnect", () => resolve()),
  );
  timeline.add({
    lane: "server",
    kind: "hinder",
    text: `the worker of ${client.name} was killed`,
  });
  process.kill(worker, "SIGKILL");
  await patiently(server, gone, () => {
    throw new Unmet(
      `${client.name}'s connection ends with the worker ${worker}`,
      "it goes on, so that another process has it",
    );
  });
  database.heal();
}

/** Who comes to a worker that is not ready yet gets no answer, and tries again. */
async function comeBack(
  { server }: World,
  client: Client,
  offsets: object,
): Promise<void> {
  const auth = { token: tokenOf(client.name), offsets };
  const began = performance.now();
  for (;;) {
    const refusal = await client.knockAgain({ auth });
    if (refusal === null) return;
    if (performance.now() - began > UNTIL_NOTICED)
      throw new Unmet(
        `${client.name}${COMES_BACK}`,
        `no connection: ${refusal.message}`,
      );
    client.close();
    await pass(A_WHILE, server);
  }
}

/** What the database has, and this client has not heard. */
async function assertGiven(
  world: World,
  client: Client,
  offset: number,
): Promise<void> {
  const expected = (await stored(world.database, room))
    .filter(({ seq }) => Number(seq) > offset)
    .map(({ text }) => text);
  const { missed } = await untilNoticed(world, () =>
    client.ask("room:join", [{ room }], JOINED, UNTIL_NOTICED),
  );
  const came = Array.isArray(missed)
    ? missed.map((message: unknown) =>
        matches({ text: anything }, message) ? message.text : message,
      )
    : missed;
  if (show(came) === show(expected)) return;
  throw new Unmet(`${client.name}${GIVEN}${show(expected)}`, show(came), {
    value: { came, expected },
  });
}

const JOINED = {
  ok: true,
  room,
  members: aNumber,
  missed: anything,
} as const;

/** Tries again while the others still wait for the one who is gone: then they answer with an error. */
async function untilNoticed<T>(
  { server }: World,
  ask: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const mayPass =
        error instanceof Unmet &&
        (matches({ error: { code: "INTERNAL" } }, error.facts.value) ||
          (error.facts.status ?? 0) >= 500);
      if (!mayPass || performance.now() - began > UNTIL_NOTICED) throw error;
    }
    await pass(A_WHILE, server);
  }
}

async function assertSentAgain(
  { database }: World,
  client: Client,
  message: { text: string; clientId: string },
): Promise<void> {
  const ofThis = async () =>
    (await stored(database, room)).filter(
      ({ clientId }) => clientId === message.clientId,
    );
  const [first] = await ofThis();
  const answer = first
    ? { ok: true, id: String(first._id), duplicate: true }
    : NUMBERED;
  await inWords(
    SENT_AGAIN,
    client.ask("message:send", [message], answer, AROUND),
  );
  const { length } = await ofThis();
  if (length !== 1)
    throw new Unmet(
      `${SENT_AGAIN}it is stored once`,
      `it is stored ${length} times`,
      { times: length },
    );
}

async function hearsText(client: Client, text: string): Promise<void> {
  for (;;) {
    const told = await client.hears("message:new", { text: anything }, AROUND);
    if (told.text === text) return;
  }
}

/** Another one has begun, and takes clients. */
async function assertReplaced(
  world: World,
  before: readonly number[],
): Promise<void> {
  const { server } = world;
  const isNew = (pid: number) => !before.includes(pid);
  for (let waited = 0; !server.children.some(isNew); waited += A_WHILE) {
    if (waited >= A_NEW_ONE) throw new Unmet(REPLACED, NO_NEW_WORKER);
    await pass(A_WHILE, server);
  }
  const began = performance.now();
  for (;;) {
    try {
      const { worker } = await seat(world, nextTab(world, "Carol"));
      if (isNew(worker)) return;
    } catch (error) {
      const { value } = error instanceof Unmet ? error.facts : {};
      // Whoever got no answer came to a worker that is not ready yet.
      if (!matches({ message: anything }, value)) throw error;
    }
    if (performance.now() - began > UNTIL_NOTICED)
      throw new Unmet(
        REPLACED,
        "another process has begun, and nobody gets into it",
      );
    await pass(A_WHILE, server);
  }
}

/** Who has lost the connection gets no answer: then that is what has to be told. */
async function sayUndisturbed(from: Seated, text: string): Promise<void> {
  try {
    await say(from.client, room, text, NUMBERED);
  } catch (error) {
    assertUndisturbed(from);
    throw error;
  }
}

function assertUndisturbed({ client }: Seated): void {
  const welcomes = client.heard("welcome").length;
  if (client.socket.connected && welcomes === 1) return;
  throw new Unmet(
    `${client.name}${UNDISTURBED}`,
    client.socket.connected
      ? `${client.name} was connected anew`
      : "the connection was lost",
  );
}

/** Whoever was in the worker that died is not counted any more. */
async function assertOnline(world: World): Promise<void> {
  const { server, request, clients } = world;
  const online = clients.filter(({ socket }) => socket.connected).length;
  for (let waited = 0; ; waited += A_WHILE) {
    const { json } = await untilNoticed(world, async () => {
      const answer = await request("/stats", { patience: UNTIL_NOTICED });
      if (answer.status === 200) return answer;
      throw new Unmet("GET /stats answers 200", `status ${answer.status}`, {
        status: answer.status,
      });
    });
    if (matches({ online }, json)) return;
    if (waited >= PATIENCE)
      throw new Unmet(`${ONLINE}{ online: ${online} }`, show(json), {
        value: json,
      });
    await pass(A_WHILE, server);
  }
}
