import { expect, test } from "vitest";
import { compactJson } from "./json.ts";

test.each([
  [{ text: "Hello" }, '{ "text": "Hello" }'],
  [[1, { a: [true, null] }], '[1, { "a": [true, null] }]'],
  ["two\nlines", '"two\\nlines"'],
  [{}, "{}"],
  [[], "[]"],
  [7, "7"],
])("%j in one line", (value, line) => {
  expect(compactJson(JSON.stringify(value, null, 2))).toBe(line);
});

test("what was cut stays readable", () => {
  expect(compactJson('{\n  "text": "Hel')).toBe('{ "text": "Hel');
});
