import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { lessonBefore } from "./carry.ts";
import { serverThatAnswers } from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";
import { loadLesson, readLessons } from "./lessons.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const [before, after] = ["lessons/01-first-steps", "lessons/02-first-words"];
const own = serverThatAnswers("/health", "/name");
const starter = serverThatAnswers();

beforeEach(() => {
  for (const folder of [before, after])
    for (const name of workshop.namesBeginning("", folder))
      if (name !== "README.md") workshop.remove(`${folder}/${name}`);
  workshop.remove(".progress.json");
  workshop.write(`${before}/server.ts`, own);
  workshop.write(`${after}/server.ts`, starter);
});

test("all programs of the lesson before come along; what was there is kept; says what is new", async () => {
  workshop.write(`${before}/protocol.ts`, "export {};\n");
  workshop.write(`${before}/notes.txt`, "stay");
  await workshop.run(["check", "01"]);
  const { status, stdout } = await workshop.run(["carry", "02"]);
  expect(status).toBe(0);
  expect(workshop.read(`${after}/server.ts`)).toBe(own);
  expect(workshop.read(`${after}/protocol.ts`)).toBe("export {};\n");
  expect(workshop.read(`${after}/notes.txt`)).toBe(undefined);
  const kept = /is kept in\s(\S+)\n/.exec(stdout)?.[1] ?? "";
  expect(workshop.read(`${kept}/server.ts`)).toBe(starter);
  expect(stdout).toContain(
    "02 Two words asks for:\n  - GET /words answers 200\n",
  );
  expect(stdout).toContain("npm run check 02");
  expect(stdout).not.toContain("not passed yet");
});

test("from a lesson that is not passed: does it, and says so", async () => {
  const { status, stdout } = await workshop.run(["carry", "02"]);
  expect(status).toBe(0);
  expect(stdout).toContain("Lesson 01 is not passed yet.");
});

test("a second time: nothing is changed, nothing kept", async () => {
  await workshop.run(["carry", "02"]);
  const kept = workshop.namesBeginning("2", `${after}/kept`);
  const { stdout } = await workshop.run(["carry", "02"]);
  expect(stdout).toContain("Nothing was changed.");
  expect(workshop.namesBeginning("2", `${after}/kept`)).toEqual(kept);
});

test.each([
  ["as it was at the beginning", starter],
  ["missing", null],
])("a server that is %s is not carried", async (_what, text) => {
  if (text === null) workshop.remove(`${before}/server.ts`);
  else workshop.write(`${before}/server.ts`, text);
  const { status, stderr } = await workshop.run(["carry", "02"]);
  expect(status).toBe(2);
  expect(stderr).toContain("nothing of yours yet");
  expect(stderr).toContain("npm run reset 02");
});

test.each([
  [["01"], "begins with a server of its own"],
  [[], "Name the lesson."],
])("%j: 2 and what to do", async (words, sentence) => {
  const { status, stderr } = await workshop.run(["carry", ...words]);
  expect(status).toBe(2);
  expect(stderr).toContain(sentence);
});

describe("the real lessons", () => {
  const lessons = readLessons();
  /** Those that do not go on with the lesson right before. */
  const others: Readonly<Record<string, string | undefined>> = {
    "01": undefined,
    "05": undefined,
    "13": undefined,
    "14": "12",
    "15": "12",
    "16": undefined,
  };

  test.each(lessons)("$number goes on with the right one", async (lesson) => {
    const found = lessonBefore(lesson, await loadLesson(lesson.name), lessons);
    const { number } = lesson;
    expect(found?.number).toBe(
      number in others
        ? others[number]
        : String(Number(number) - 1).padStart(2, "0"),
    );
  });
});
