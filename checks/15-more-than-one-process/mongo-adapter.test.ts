import { join as pathOf } from "node:path";
import { expect, test } from "vitest";
import { join, say } from "../kit/chat.ts";
import { runCheck } from "../kit/check-run.ts";
import type { World } from "../kit/lesson.ts";
import lesson from "./check.ts";
import { workerOf } from "./seats.ts";

/** What the lesson says of the adapter that goes through the database. */

const entry = pathOf(
  import.meta.dirname,
  "right",
  "through-the-database",
  "server.ts",
);

test("whoever lost the line is recovered by another worker", async () => {
  const { requirements } = await runCheck(
    {
      ...lesson,
      requirements: [
        {
          id: "recovered",
          title: "Who comes back is recovered, in another worker",
          kind: "base",
          hints: ["", "", ""],
          check: assertRecoveredElsewhere,
        },
      ],
    },
    { entry },
  );
  expect(requirements).toMatchObject([{ status: "passed" }]);
});

async function assertRecoveredElsewhere(world: World): Promise<void> {
  const room = "tea";
  const clients = await world.connect(
    "Alice",
    "Bob",
    "Carol",
    "Dave",
    "Zoe",
    "Guest",
  );
  const workers = await Promise.all(
    clients.map((client) => workerOf(world, client)),
  );
  const [alice, , carol] = clients;
  const [here, elsewhere] = workers;
  expect(workers).toEqual([here, elsewhere, here, elsewhere, here, elsewhere]);
  // The primary hands the next one to where the fewest are.
  for (const [index, client] of clients.entries())
    if (workers[index] === elsewhere) client.leave();
  const { id } = alice;
  await join(room, alice, carol);
  await say(carol, room, "before");
  await alice.hears("message:new", { text: "before" });
  alice.cut();
  await carol.hears("room:left", { user: "alice" });
  await say(carol, room, "meanwhile");

  await alice.reconnect();
  const welcome = { id, recovered: true, worker: elsewhere as number };
  await alice.hears("welcome", welcome);
  await alice.hears("message:new", { text: "meanwhile" });
}
