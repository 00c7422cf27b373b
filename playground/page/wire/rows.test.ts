import { expect, test } from "vitest";
import type { WireEntry } from "../../protocol.ts";
import { inSight, rowsOf } from "./rows.ts";

const entry = (at: number): WireEntry => ({
  seq: at,
  at,
  kind: "console",
  from: "server",
  to: null,
  text: "",
});

test("a long pause is a row of its own", () => {
  const rows = rowsOf([entry(0), entry(1_000), entry(13_000)]);
  expect(rows.map(({ kind }) => kind)).toEqual([
    "entry",
    "entry",
    "pause",
    "entry",
  ]);
  expect(rows[2]).toMatchObject({ text: "12.0 s later" });
});

test("before the first entry that differs stands a word", () => {
  const rows = rowsOf([entry(0), entry(1), entry(2)], 1);
  expect(rows.map(({ kind }) => kind)).toEqual([
    "entry",
    "differs",
    "entry",
    "entry",
  ]);
});

test("of many rows a few are drawn, wherever one looks", () => {
  for (const top of [0, 500, 70_000, 999_999]) {
    const { first, end } = inSight(2_000, 36, top, 720);
    expect(first).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(2_000);
    expect(end - first).toBeLessThan(40);
  }
  expect(inSight(2_000, 36, 36_000, 720)).toEqual({ first: 992, end: 1_028 });
  expect(inSight(0, 36, 0, 720)).toEqual({ first: 0, end: 0 });
});
