import { showAnswer } from "../kit/http.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import type { TlsFront } from "../kit/tls-front.ts";
import { Unmet, allOf } from "../kit/unmet.ts";
import { ACCEPTED, NO_ROOTS, NO_TLS, ROOTS } from "./mistakes.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** @throws {Unmet} when a server without TLS_CA_FILE does not do what its address and Node's roots say */
export async function assertAddressDecides(world: World): Promise<void> {
  await allOf([
    assertRootsCount(world),
    assertNothingElseCounts(world),
    assertPlainIsPlain(world),
  ]);
}

/** As at a hosting company, whose authority every Node knows. */
async function assertRootsCount(world: World): Promise<void> {
  const database = await world.emptyDatabase();
  const { was, health } = await startedWith(world, ROOTS, database, {
    MONGODB_URI: withTls(database),
    NODE_EXTRA_CA_CERTS: database.env.TLS_CA_FILE,
  });
  if (was !== "connected")
    throw new Unmet(`${ROOTS}: /health answers 200`, showAnswer(health));
}

async function assertNothingElseCounts(world: World): Promise<void> {
  const database = await world.emptyDatabase();
  const MONGODB_URI = withTls(database);
  const { was } = await startedWith(world, NO_ROOTS, database, {
    MONGODB_URI,
  });
  if (was === "connected" || database.tap.allCommands.length > 0)
    throw new Unmet(`${NO_ROOTS}: nobody is believed`, ACCEPTED);
}

async function assertPlainIsPlain(world: World): Promise<void> {
  const database = await world.emptyDatabase();
  const { was, health } = await startedWith(
    world,
    NO_TLS,
    database,
    { MONGODB_URI: database.tap.uri },
    { attempts: [] },
  );
  if (was !== "connected")
    throw new Unmet(`${NO_TLS}: /health answers 200`, showAnswer(health));
}

function withTls({ env }: LessonDatabase): string {
  return `${env.MONGODB_URI}&tls=true`;
}

async function startedWith(
  world: World,
  when: string,
  database: LessonDatabase,
  env: Record<string, string | undefined>,
  front: Pick<TlsFront, "attempts"> = database.front,
): Promise<Outcome> {
  const text = `the server was started ${when}`;
  world.timeline.add({ lane: "server", kind: "hinder", text });
  const other = await world.another(
    { env: { TLS_CA_FILE: undefined, ...env } },
    database,
  );
  return outcomeOf(other, front);
}
