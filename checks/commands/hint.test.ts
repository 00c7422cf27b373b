import { afterAll, beforeEach, expect, test } from "vitest";
import { firstFile, serverThatAnswers } from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";
import {
  type FailedAt,
  type LessonProgress,
  type Progress,
  emptyProgress,
} from "./progress.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());
beforeEach(() => keep(null));

const failedAt: FailedAt = {
  requirement: "name",
  times: 1,
  since: "2026-11-23T10:00:00.000Z",
  spent: 0,
  fault: null,
  mistake: null,
};

const started: LessonProgress = {
  state: "started",
  tries: 1,
  hints: {},
  first: "2026-11-23T10:00:00.000Z",
  last: "2026-11-23T10:00:00.000Z",
  spent: 0,
  failedAt,
};

test("each time the next of the three hints, then what else there is", async () => {
  keep(started);
  const said = [];
  for (let times = 0; times < 4; times++)
    said.push((await workshop.run(["hint"])).stdout);
  expect(said[0]).toContain("To do: GET /name answers 200");
  expect(said[0]).toContain("Hint 1 of 3: Where to look for /name.");
  expect(said[1]).toContain("Hint 2 of 3: What to think of.");
  expect(said[2]).toContain("Hint 3 of 3: Which call.");
  expect(said[3]).toContain("Hint 3 of 3");
  expect(said[3]).toContain("npm run diff 01 shows one way");
});

test("a hint that the check has shown is not told again", async () => {
  workshop.write(firstFile, serverThatAnswers("/health"));
  expect((await workshop.run(["check", "01"])).stdout).toContain(
    "Where to look for /name",
  );
  expect((await workshop.run(["hint", "01"])).stdout).toContain("Hint 2 of 3");
});

test("the hint of a mistake that the check recognised is told again", async () => {
  workshop.write(firstFile, serverThatAnswers("/health").replace("404", "418"));
  const { stdout } = await workshop.run(["check", "01"]);
  expect(stdout).toContain("This is a teapot.");
  expect((await workshop.run(["hint", "01"])).stdout).toContain(
    "From the last check: This is a teapot.",
  );
});

test("--all-levels", async () => {
  keep(started);
  const { stdout } = await workshop.run(["hint", "01", "--all-levels"]);
  for (const level of [1, 2, 3]) expect(stdout).toContain(`Hint ${level} of 3`);
});

test("what was wrong with the server itself comes first", async () => {
  keep({
    ...started,
    failedAt: { ...failedAt, fault: "syntax-error" },
  });
  expect((await workshop.run(["hint"])).stdout).toContain("Mend that first.");
});

test.each([
  ["never checked", null, "npm run check 01"],
  ["all met", { ...started, failedAt: null }, "needs no hint"],
  [
    "a requirement that no longer exists",
    { ...started, failedAt: { ...failedAt, requirement: "gone" } },
    "The lesson has changed",
  ],
])("%s: says so", async (_what, lesson, sentence) => {
  keep(lesson);
  const { status, stdout } = await workshop.run(["hint"]);
  expect(stdout).toContain(sentence);
  expect(status).toBe(0);
});

function keep(lesson: LessonProgress | null): void {
  const progress: Progress = emptyProgress();
  if (lesson !== null) progress.lessons["01-first-steps"] = lesson;
  workshop.write(".progress.json", JSON.stringify(progress));
}
