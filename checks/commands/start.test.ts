import { afterAll, beforeEach, expect, test } from "vitest";
import { firstFile, serverThatAnswers } from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());
beforeEach(() => workshop.remove(".progress.json"));

test("says where to begin; where nobody watches, checks once and is content with 'not yet'", async () => {
  const { status, stdout } = await workshop.run(["start"]);
  expect(stdout).toContain("Welcome");
  expect(stdout).toContain("Read:   lessons/01-first-steps/README.md");
  expect(stdout).toContain("Edit:   lessons/01-first-steps/server.ts");
  expect(stdout).toContain("Not yet: 0 of 2");
  expect(status).toBe(0);
});

test("goes on where the learner is", async () => {
  workshop.write(firstFile, serverThatAnswers("/health", "/name"));
  await workshop.run(["check"]);
  const { stdout } = await workshop.run(["start"]);
  expect(stdout).toContain("Lesson: 02 Two words");
});

test("3 when the check itself fails", async () => {
  const { status } = await workshop.run(["start"], { CHECK_IS_BROKEN: "1" });
  expect(status).toBe(3);
});

test("when all is passed, says so", async () => {
  for (const name of ["01-first-steps", "02-first-words", "03-the-end"])
    workshop.write(
      `lessons/${name}/server.ts`,
      workshop.read(`solutions/${name}/server.ts`) ?? "",
    );
  await workshop.run(["check", "--all"]);
  const { status, stdout } = await workshop.run(["start"]);
  expect(stdout).toContain("All 3 lessons are passed");
  expect(status).toBe(0);
});
