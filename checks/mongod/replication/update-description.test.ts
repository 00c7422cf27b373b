import { expect, test } from "vitest";
import { describeUpdate } from "./update-description.ts";

test.each([
  [
    { a: 1, b: 1 },
    { a: 2, c: 1 },
    { updatedFields: { a: 2, c: 1 }, removedFields: ["b"] },
  ],
  [
    { a: { b: 1, c: 1 } },
    { a: { b: 2, c: 1 } },
    { updatedFields: { "a.b": 2 } },
  ],
  [
    { a: [1, 2, 3] },
    { a: [1, 2] },
    { truncatedArrays: [{ field: "a", newSize: 2 }] },
  ],
  [{ a: [1] }, { a: [1, 2] }, { updatedFields: { "a.1": 2 } }],
  [{ a: [1, 2] }, { a: [2] }, { updatedFields: { a: [2] } }],
  [{ a: [{ x: 1 }] }, { a: [{ x: 2 }] }, { updatedFields: { "a.0.x": 2 } }],
  [
    { a: { 1: 1 } },
    { a: { 1: 2 } },
    { updatedFields: { "a.1": 2 }, disambiguatedPaths: { "a.1": ["a", "1"] } },
  ],
  [
    { a: [{ 1: 1 }] },
    { a: [{ 1: 2 }] },
    {
      updatedFields: { "a.0.1": 2 },
      disambiguatedPaths: { "a.0.1": ["a", 0, "1"] },
    },
  ],
])("from %j to %j", (before, after, expected) => {
  expect(describeUpdate(before, after)).toEqual({
    updatedFields: {},
    removedFields: [],
    truncatedArrays: [],
    disambiguatedPaths: {},
    ...expected,
  });
});
