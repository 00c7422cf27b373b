import { beforeEach, expect, test } from "vitest";
import type { State, WireEntry } from "../../protocol.ts";
import {
  clients,
  freshAfter,
  lessons,
  take,
  takeChanged,
  takeWire,
  wire,
} from "./state.ts";

const entry = (seq: number): WireEntry => ({
  seq,
  at: seq,
  kind: "console",
  from: "server",
  to: null,
  text: `line ${seq}`,
});
const seqs = () => wire.value.entries.map(({ seq }) => seq);

beforeEach(() =>
  take({
    change: 7,
    lessons: [],
    clients: [],
    database: null,
    wire: { entries: [entry(1), entry(2)], limit: 3, dropped: 0 },
  } as unknown as State),
);

test("parts that changed are replaced, the others stay", () => {
  const list = lessons.value;
  expect(takeChanged({ change: 8, clients: [] })).toBe(true);
  expect(lessons.value).toBe(list);
  expect(takeChanged({ change: 9, lessons: [] })).toBe(true);
  expect(lessons.value).not.toBe(list);
});

test("after a missed change nothing is taken", () => {
  const before = clients.value;
  expect(takeChanged({ change: 9, clients: [] })).toBe(false);
  expect(takeWire({ change: 6, cleared: false, entries: [entry(3)] })).toBe(
    false,
  );
  expect(clients.value).toBe(before);
  expect(seqs()).toEqual([1, 2]);
});

test("the timeline keeps no more than its limit, and counts what it dropped", () => {
  takeWire({ change: 8, cleared: false, entries: [entry(3), entry(4)] });
  expect(seqs()).toEqual([2, 3, 4]);
  expect(wire.value.dropped).toBe(1);
  expect(freshAfter.value).toBe(2);
});

test("a cleared timeline holds what came with it", () => {
  takeWire({ change: 8, cleared: true, entries: [entry(3)] });
  expect(seqs()).toEqual([3]);
  expect(wire.value.dropped).toBe(0);
});
