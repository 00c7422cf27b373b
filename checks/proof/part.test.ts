import { expect, test } from "vitest";
import { markdownTable, percent, sample } from "./part.ts";

test("a sample comes evenly from all of the list", () => {
  const list = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect(sample(list, 3)).toEqual([0, 3, 6]);
  expect(sample(list, 10)).toEqual(list);
  expect(sample(list, Infinity)).toEqual(list);
  expect(sample([], 3)).toEqual([]);
});

test("100 % is all, and nothing less", () => {
  expect(percent(1999, 2000)).toBe("99.9 %");
  expect(percent(2000, 2000)).toBe("100.0 %");
  expect(percent(0, 0)).toBe("–");
});

test("a table in Markdown, whatever is in its cells", () => {
  expect(markdownTable(["what", "count:"], [["a || b", 3]])).toEqual([
    "| what | count |",
    "| --- | --: |",
    "| a \\|\\| b | 3 |",
  ]);
});
