import { expect, test } from "vitest";
import {
  aNumber,
  aString,
  anIsoTime,
  anything,
  bytes,
  describeShape,
  inAnyOrder,
  matches,
  type Shape,
} from "./shape.ts";

test.each<[string, Shape, unknown, boolean]>([
  ["a value", "hello", "hello", true],
  ["another value", "hello", "hallo", false],
  ["a number is no text", 2, "2", false],
  ["null", null, null, true],
  ["null is not missing", { to: null }, {}, false],
  ["further fields are allowed", { id: aString }, { id: "x", at: 1 }, true],
  ["a missing field", { id: aString }, { at: 1 }, false],
  ["an inherited field is none", { toString: anything }, {}, false],
  ["a list is no object", {}, [], false],
  ["null has no fields", {}, null, false],
  [
    "nested",
    { user: { tags: ["a", aString] } },
    { user: { tags: ["a", "b"] } },
    true,
  ],
  ["a list that is longer", ["a"], ["a", "b"], false],
  ["the empty text is no name", aString, "", false],
  ["NaN is no number", aNumber, Number.NaN, false],
  ["an ISO time", anIsoTime, "2030-01-31T12:00:00.000Z", true],
  [
    "an ISO time that does not exist",
    anIsoTime,
    "2030-13-31T12:00:00.000Z",
    false,
  ],
  ["a date in words", anIsoTime, "Thu Jan 31 2030", false],
  ["any order", inAnyOrder("a", "b"), ["b", "a"], true],
  ["any order, twice the same", inAnyOrder("a", "b"), ["a", "a"], false],
  ["any order, one too many", inAnyOrder("a"), ["a", "b"], false],
  ["bytes", bytes(Buffer.from([0, 255])), new Uint8Array([0, 255]), true],
  [
    "bytes as an ArrayBuffer",
    bytes(Buffer.from([7])),
    new Uint8Array([7]).buffer,
    true,
  ],
  ["other bytes", bytes(Buffer.from([0])), Buffer.from([1]), false],
  ["bytes as JSON", bytes(Buffer.from([0])), Buffer.from([0]).toJSON(), false],
])("%s", (_, shape, value, expected) => {
  expect(matches(shape, value)).toBe(expected);
});

test("a shape is told in words", () => {
  expect(
    describeShape({ id: aString, list: [1, "b", null], in: { any: anything } }),
  ).toBe("{ id: a string, list: [1, 'b', null], in: { any: anything } }");
});
