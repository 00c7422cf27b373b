import { UnexpectedHealth } from "./faults.ts";
import type { Requirement, World } from "./lesson.ts";
import { showAnswer } from "./http.ts";
import { matches } from "./shape.ts";

/** The last base requirement of every lesson: nothing that came before has harmed the server. */
export const stillAlive: Requirement = {
  id: "still-alive",
  title: "After all this the server is well: a new client can connect",
  kind: "base",
  hints: [
    "Something in this check has harmed your server. Read its console.",
    "A handler may have changed something for all clients that was meant for one.",
    "Does a handler close the server, or remove listeners that others need?",
  ],
  check: async (world) => {
    await assertHealthy(world);
    await world.client("Zoe");
  },
};

/**
 * Asks `/health`, whose contract is that of lesson 01.
 *
 * @throws {UnexpectedHealth} when it answers something else than 200 and `{ ok: true }`
 */
export async function assertHealthy({ request, server }: World): Promise<void> {
  const answer = await request("/health");
  if (answer.status === 200 && matches({ ok: true }, answer.json)) return;
  throw new UnexpectedHealth(showAnswer(answer), {
    output: server.output.last(),
  });
}
