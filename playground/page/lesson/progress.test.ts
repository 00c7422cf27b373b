import { expect, test } from "vitest";
import type { CheckState, RequirementState } from "../../protocol.ts";
import { checkInWords, firstFailed, title } from "./progress.ts";

const one = (
  id: string,
  status: RequirementState["status"],
  kind: RequirementState["kind"] = "base",
) => ({ id, status, kind }) as RequirementState;

const state = (changes: Partial<CheckState>): CheckState => ({
  run: 1,
  running: false,
  verdict: "not-yet",
  ms: 812,
  requirements: [one("a", "passed"), one("b", "failed"), one("c", "skipped")],
  fault: null,
  notices: [],
  trouble: null,
  ...changes,
});

test.each([
  [{ verdict: null, ms: null }, "3 requirements to meet"],
  [{ running: true }, "Checking…"],
  [{}, "1 of 3 met, in 0.8 s"],
  [
    {
      verdict: "passed",
      requirements: [one("a", "passed"), one("s", "passed", "stretch")],
    },
    "Passed, in 0.8 s, with ★",
  ],
] as const)("%j", (changes, words) => {
  expect(checkInWords(state(changes as Partial<CheckState>))).toBe(words);
});

test("the first that failed is the next to do", () => {
  expect(firstFailed(state({}).requirements)).toBe("b");
  expect(firstFailed([])).toBeUndefined();
});

test("the browser's tab says how far one is", () => {
  const lesson = { number: "03", title: "Who hears it?" };
  expect(title(lesson, state({}))).toBe("1/3 · 03 Who hears it? · Playground");
  expect(title(lesson, state({ verdict: null }))).toBe(
    "03 Who hears it? · Playground",
  );
  expect(title(null, null)).toBe("Playground");
});
