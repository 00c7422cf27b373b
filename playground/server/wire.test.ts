import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WireEntry } from "../protocol.ts";
import { cutText } from "./texts.ts";
import { type NewEntry, Wire } from "./wire.ts";

let told: WireEntry[];
let wire: Wire;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  wire = new Wire((entry) => told.push(entry));
});
afterEach(() => {
  wire.end();
  vi.useRealTimers();
});

const line = (text: string, from = "server"): NewEntry => ({
  kind: "console",
  from,
  to: null,
  text,
});
const texts = () => wire.state.entries.map(({ text }) => text);

test("entries are numbered in the order in which they came", () => {
  wire.add("Alice", () => line("one", "Alice"));
  wire.add("Bob", () => line("two", "Bob"));
  expect(wire.state.entries.map(({ seq, text }) => [seq, text])).toEqual([
    [1, "one"],
    [2, "two"],
  ]);
  expect(told).toEqual(wire.state.entries);
});

test("of a lane on which too much happens the rest is counted, and the others go on", () => {
  for (let number = 1; number <= 1_000; number++)
    wire.add("console", () => line(`line ${number}`));
  wire.add("Alice", () => line("hello", "Alice"));
  expect(texts().at(-2)).toBe("line 40");
  expect(texts().at(-1)).toBe("hello");

  vi.advanceTimersByTime(1_000);
  expect(wire.state.entries.at(-1)).toMatchObject({
    kind: "omitted",
    from: "server",
    count: 960,
  });
  wire.add("console", () => line("the next second"));
  expect(texts().at(-1)).toBe("the next second");
});

test("what is only counted is not even made", () => {
  const make = vi.fn(() => line("again"));
  for (let number = 0; number < 1_000; number++) wire.add("console", make);
  expect(make).toHaveBeenCalledTimes(40);
});

test("ten minutes of a server that never stops talking take no more room than the limit", () => {
  for (let second = 0; second < 600; second++) {
    for (let number = 0; number < 200; number++)
      wire.add("console", () => line("x".repeat(500)));
    vi.advanceTimersByTime(1_000);
  }
  const { entries, limit, dropped } = wire.state;
  expect(limit).toBe(2_000);
  expect(entries.length).toBeLessThanOrEqual(limit * 1.1);
  expect(dropped + entries.length).toBe(told.length);
  expect(entries.at(-1)?.seq).toBe(told.at(-1)?.seq);
});

test("socket ids become names, in what is said and in what is carried", () => {
  const id = "Xy7_abcdefghi-klmAAB";
  wire.add("Alice", () => ({
    ...line(`notify { to: '${id}' }`, "Alice"),
    payload: cutText(`{"to":"${id}"}`),
    raw: cutText(`42["notify",{"to":"${id}"}]`),
  }));
  // Whose it is may be known only later.
  wire.names.remember(id, "Bob");
  expect(wire.state.entries).toMatchObject([
    {
      text: "notify { to: ‹id of Bob› }",
      payload: { text: '{"to":"‹id of Bob›"}' },
      // The packet is shown as it is.
      raw: { text: `42["notify",{"to":"${id}"}]` },
    },
  ]);
});

test("a timeline that was cleared goes on counting", () => {
  wire.add("Alice", () => line("before", "Alice"));
  wire.clear();
  wire.add("Alice", () => line("after", "Alice"));
  expect(wire.state.entries).toMatchObject([{ seq: 2, text: "after" }]);
  expect(wire.state.dropped).toBe(0);
});
