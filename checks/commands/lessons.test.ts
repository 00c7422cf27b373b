import { describe, expect, test } from "vitest";
import {
  type Lessons,
  currentLesson,
  findLesson,
  loadLesson,
} from "./lessons.ts";
import { WrongUsage } from "./wrong-usage.ts";

const lessons: Lessons = [
  { name: "01-one-server", number: "01" },
  { name: "02-emit-and-listen", number: "02" },
  { name: "03-who-hears-it", number: "03" },
  { name: "12-one-more", number: "12" },
];

describe("a lesson is found", () => {
  test.each([
    ["3", "03-who-hears-it"],
    ["03", "03-who-hears-it"],
    ["12", "12-one-more"],
    ["02-emit-and-listen", "02-emit-and-listen"],
    ["Emit", "02-emit-and-listen"],
    ["one-m", "12-one-more"],
    ["lessons/03-who-hears-it/", "03-who-hears-it"],
    ["lessons\\03-who-hears-it\\server.ts", "03-who-hears-it"],
  ])("by %s", (word, name) => {
    expect(findLesson(word, lessons).name).toBe(name);
  });

  test.each(["one", "e"])("not by %s, which several have", (word) => {
    expect(() => findLesson(word, lessons)).toThrow(WrongUsage);
    expect(() => findLesson(word, lessons)).toThrow(/could be any of these/);
  });

  // A number is a number, not a part of a name.
  test.each(["0", "4", "99", "nothing", "", "."])("not by %j", (word) => {
    expect(() => findLesson(word, lessons)).toThrow(/There is no lesson/);
  });
});

test("the current lesson is the first that is not passed, at last the last", () => {
  const after = (...passed: string[]) =>
    currentLesson(lessons, ({ number }) => passed.includes(number)).number;
  expect(after()).toBe("01");
  expect(after("01", "03")).toBe("02");
  expect(after("01", "02", "03", "12")).toBe("12");
});

test("a lesson's check is loaded by its folder's name", async () => {
  const { name, requirements } = await loadLesson("01-one-server");
  expect(name).toBe("01-one-server");
  expect(requirements.length).toBeGreaterThan(0);
});

test("a check that is missing is named", async () => {
  await expect(loadLesson("99-nowhere")).rejects.toThrow(
    /99-nowhere has no check/,
  );
});
