import type { World } from "../kit/lesson.ts";
import { showAnswer } from "../kit/http.ts";
import { Unmet } from "../kit/unmet.ts";
import { assertStores } from "./chatting.ts";
import { IN_THE_CLEAR, REFUSED } from "./mistakes.ts";
import { type Outcome, codeIn, isPlain, outcomeOf } from "./outcome.ts";

const EXPECTED =
  "the server connects to its database by TLS, and /health answers 200";

/** @throws {Unmet} when the server is not connected to the right database, or not by TLS alone */
export async function assertWorks(world: World): Promise<void> {
  const { front } = world.database;
  await assertConnected(world, await outcomeOf(world, front));
  await assertStores(world);
  if (front.attempts.some(isPlain)) throw new Unmet(EXPECTED, IN_THE_CLEAR);
}

async function assertConnected(
  world: World,
  { was, health }: Outcome,
): Promise<void> {
  switch (was) {
    case "connected":
      return;
    case "plain":
      throw new Unmet(EXPECTED, IN_THE_CLEAR);
    case "refused":
      throw new Unmet(EXPECTED, `${REFUSED}${codeIn(health)}`, {
        value: { believes: await whomItBelieves(world) },
      });
    case "nothing":
      throw new Unmet(EXPECTED, `/health answers ${showAnswer(health)}`, {
        status: health.status,
      });
  }
}

/** Whether a server that refuses the right certificate would take it if Node itself believed the authority. */
async function whomItBelieves(world: World): Promise<"Node" | "others"> {
  const database = await world.emptyDatabase();
  const NODE_EXTRA_CA_CERTS = database.env.TLS_CA_FILE;
  const other = await world.another({ env: { NODE_EXTRA_CA_CERTS } }, database);
  const { was } = await outcomeOf(other, database.front);
  return was === "connected" ? "Node" : "others";
}
