import { afterAll, beforeAll, expect, test } from "vitest";
import { readLessons } from "../checks/commands/lessons.ts";
import type { Onlooker } from "./fixture/onlooker.ts";
import { PlaygroundCopy } from "./fixture/playground-copy.ts";

// Every lesson can be watched, and what its buttons send is answered by its solution.

const lessons = readLessons().map(({ name }) => name);
const copy = new PlaygroundCopy(...lessons);
let page: Onlooker;

beforeAll(async () => {
  for (const lesson of lessons) copy.solve(lesson);
  page = await copy.open("01");
});
afterAll(() => copy.end());

test.for(lessons)("%s", async (name, { skip }) => {
  await page.ask("lesson:open", { name });
  const { server, lesson } = await page.until(
    "its server runs, or says why not",
    ({ lesson: open, server: { status } }) =>
      open.name === name && ["running", "crashed"].includes(status),
  );
  // What a lesson needs beyond Node, such as Python, may not be on this machine.
  if (server.fault?.kind === "could-not-tell") skip(server.fault.message);
  expect(server.fault).toBeNull();

  await page.ask("client:add", { name: "Alice" });
  await page.until(
    "Alice is in",
    ({ clients: [alice] }) => alice?.status === "connected",
  );
  for (const preset of lesson.presets) {
    if (preset.kind === "request") {
      const { path } = preset;
      const answer = await page.ask("server:request", { path });
      expect(answer, path).toMatchObject({ ok: true });
      continue;
    }
    const { event, args, withAck } = preset;
    const answer = await page.ask("client:emit", {
      from: "Alice",
      event,
      args,
      withAck,
    });
    expect(answer, event).toMatchObject({
      ok: true,
      acknowledged: withAck
        ? { answer: { text: expect.stringContaining('"ok"') } }
        : null,
    });
  }
  expect(page.gaps).toEqual([]);
});
