import { describe, expect, test } from "vitest";
import { type DiffRow, diffRows, withGaps } from "./diff-rows.ts";

const shown = (rows: readonly DiffRow[]) =>
  rows.map(({ own, solution }) => [own?.text ?? null, solution?.text ?? null]);

describe("two files line by line", () => {
  test("what is the same stands side by side", () => {
    const rows = diffRows("a\nb\n", "a\nb\n");
    expect(shown(rows)).toEqual([
      ["a", "a"],
      ["b", "b"],
    ]);
    expect(rows.every(({ kind }) => kind === "same")).toBe(true);
  });

  test("what is in the place of another stands beside it, the rest beside nothing", () => {
    expect(shown(diffRows("a\nx\nc\n", "a\ny\nz\nc\n"))).toEqual([
      ["a", "a"],
      ["x", "y"],
      [null, "z"],
      ["c", "c"],
    ]);
  });

  test("what only one of them has", () => {
    expect(shown(diffRows("a\nb\n", "a\n"))).toEqual([
      ["a", "a"],
      ["b", null],
    ]);
    expect(shown(diffRows("", "a\n"))).toEqual([[null, "a"]]);
  });

  test("lines are counted in each file", () => {
    const last = diffRows("x\nsame\n", "y\nz\nsame\n").at(-1);
    expect(last?.own?.number).toBe(2);
    expect(last?.solution?.number).toBe(3);
  });
});

test("long runs of the same are left out, three lines around a change are not", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`);
  const changed = lines.with(10, "changed\n");
  const rows = withGaps(diffRows(lines.join(""), changed.join("")));
  expect(rows.map(({ kind }) => kind)).toEqual([
    "gap",
    ...Array.from({ length: 3 }, () => "same"),
    "changed",
    ...Array.from({ length: 3 }, () => "same"),
    "gap",
  ]);
  const [first] = rows;
  expect(first?.kind === "gap" ? first.rows.length : 0).toBe(7);
});

test("with nothing changed everything is one gap", () => {
  expect(withGaps(diffRows("a\nb\n", "a\nb\n"))).toHaveLength(1);
});
