import { expect, test } from "vitest";
import { Names } from "./names.ts";
import { Offsets } from "./offsets.ts";
import {
  NotPossible,
  argumentsAsJson,
  asJson,
  cutText,
  readJson,
} from "./texts.ts";

test("a long text is cut, and it is said by how much", () => {
  expect(cutText("abc", 10)).toEqual({ text: "abc", cut: 0 });
  expect(cutText("x".repeat(5_000))).toEqual({
    text: "x".repeat(2_000),
    cut: 3_000,
  });
});

test("one argument stands for itself, several are a list, none is said in words", () => {
  expect(argumentsAsJson([])).toBe("nothing");
  expect(JSON.parse(argumentsAsJson([{ text: "hi" }]))).toEqual({ text: "hi" });
  expect(JSON.parse(argumentsAsJson(["a", null]))).toEqual(["a", null]);
});

test("what JSON does not know is described", () => {
  expect(asJson({ data: Buffer.from([1, 2, 3]) })).toContain("‹3 bytes›");
  expect(asJson({ at: new Date(0) })).toContain("1970-01-01T00:00:00.000Z");
  expect(asJson({ at: new Date(0) })).toContain("ISODate");
  expect(asJson(10n)).toBe('"10n"');
  expect(asJson(undefined)).toBe("nothing");
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(asJson(circle)).toContain("cannot be shown");
});

test("a mistake in JSON is told together with where it is", () => {
  expect(readJson("The payload", '{"a":1}')).toEqual({ a: 1 });
  expect(() => readJson("The payload", "{a:1}")).toThrow(NotPossible);
  expect(() => readJson("The payload", "{a:1}")).toThrow(
    /^The payload is no JSON: .*position 1/,
  );
});

test("names for ids, and ids for names, however deep", () => {
  const names = new Names();
  const idOf = (letter: string) => `${letter.repeat(16)}AAAB`;
  names.remember(idOf("o"), "Bob");
  names.remember(idOf("n"), "Bob");
  expect(names.outOf({ to: "‹id of Bob›", list: ["‹id of Zoe›", 1] })).toEqual({
    to: idOf("n"),
    list: ["‹id of Zoe›", 1],
  });
  expect(names.in(`from ${idOf("o")} and '${idOf("n")}'`)).toBe(
    "from ‹id of Bob› and ‹id of Bob›",
  );
  expect(names.in(`x${idOf("o")}`)).toBe(`x${idOf("o")}`);
  for (let number = 100; number < 200; number++)
    names.remember(`${number}${"-".repeat(17)}`, "Visitor");
  expect(names.in(idOf("o"))).toBe(idOf("o"));
});

test("a client learns its offsets from messages, however they reach it", () => {
  const offsets = new Offsets();
  offsets.learn({ room: "tea", seq: 3 });
  offsets.learn({ room: "tea", seq: 2 });
  offsets.learn({ ok: true, missed: [{ room: "coffee", seq: 7 }, null] });
  for (const other of [null, "text", { room: 1, seq: 1 }, { room: "x" }])
    offsets.learn(other);
  expect(offsets.all).toEqual({ tea: 3, coffee: 7 });
});
