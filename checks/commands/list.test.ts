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
    "started     02 Two words (1 try, you are here)",
    "not started 03 The end",
    "",
  ]);
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
    first: null,
    last: null,
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
