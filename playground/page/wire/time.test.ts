import { expect, test } from "vitest";
import { clock, inTime } from "./time.ts";

test.each([
  [0, "0:00.000"],
  [4_218, "0:04.218"],
  [61_005, "1:01.005"],
])("%d ms is %s", (ms, shown) => {
  expect(clock(ms)).toBe(shown);
});

test.each([
  [0.25, "0.3 ms"],
  [12.4, "12 ms"],
  [1_500, "1.5 s"],
  [125_000, "2 min 5 s"],
])("%d ms is %s", (ms, words) => {
  expect(inTime(ms)).toBe(words);
});
