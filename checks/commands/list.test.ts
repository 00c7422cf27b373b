import { afterAll, beforeEach, expect, test } from "vitest";
import { firstFile, serverThatAnswers } from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());
beforeEach(() => workshop.remove(".progress.json"));

test("every lesson with its state", async () => {
  workshop.write(firstFile, serverThatAnswers("/health", "/name"));
  await workshop.run(["check", "01"]);
  await workshop.run(["check", "02"]);
  const { status, stdout } = await workshop.run(["list"]);
  expect(status).toBe(0);
  expect(stdout.split("\n")).toEqual([
    "passed      01 One step (1 try)",
    "started     02 Two words (1 try, under a minute, you are here)",
    "not started 03 The end",
    "",
    "Next: GET /words answers 200. Then npm run check 02 (for more help:",
    "npm run hint 02)",
    "",
  ]);
});

test("the next step of a lesson that is new, and the time spent", async () => {
  const at = "2026-11-23T10:00:00.000Z";
  const passed = {
    state: "passed",
    tries: 9,
    hints: { name: 2 },
    failedAt: null,
  };
  workshop.write(
    ".progress.json",
    JSON.stringify({
      version: 1,
      lessons: {
        "01-first-steps": { ...passed, first: at, last: at, spent: 3_900_000 },
      },
    }),
  );
  const { stdout } = await workshop.run(["list"]);
  expect(stdout).toContain("01 One step (9 tries, 1 h 5 min)");
  expect(stdout).toContain("Next: 02 Two words. Read lessons/02-first-words");
});

test("--json", async () => {
  const { stdout } = await workshop.run(["list", "--json"]);
  const { version, lessons } = JSON.parse(stdout) as Record<string, unknown[]>;
  expect(version).toBe(1);
  expect(lessons).toHaveLength(3);
  expect(lessons?.[0]).toEqual({
    lesson: "01-first-steps",
    number: "01",
    title: "One step",
    state: "new",
    tries: 0,
    hints: 0,
    spent: 0,
    first: null,
    last: null,
    failedAt: null,
    current: true,
  });
});

test("a lesson without README goes by its folder's name", async () => {
  workshop.write("lessons/04-to-come/server.ts", "");
  const { stdout } = await workshop.run(["list"]);
  workshop.remove("lessons/04-to-come");
  expect(stdout).toContain("04 to come");
});

test("a progress file that cannot be understood is put aside and named", async () => {
  workshop.write(".progress.json", "{");
  const { status, stderr } = await workshop.run(["list"]);
  expect(status).toBe(0);
  const kept = /kept as (\S+),/.exec(stderr)?.[1];
  expect(workshop.read(kept ?? "")).toBe("{");
});
