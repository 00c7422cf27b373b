import { expect, test } from "vitest";
import { Timeline, list, whatWasDone, withNames } from "./timeline.ts";

test("what was done is told in one sentence, who connected first", () => {
  const timeline = new Timeline();
  for (const lane of ["Alice", "Bob"])
    timeline.add({ lane, kind: "connect", text: "connects" });
  timeline.add({ lane: "Alice", kind: "heard", text: "heard welcome" });
  timeline.add({ lane: "Bob", kind: "emit", text: "sent chat:say 'hi'" });
  timeline.add({ lane: "http", kind: "request", text: "asked for GET /stats" });
  expect(whatWasDone(timeline.entries)).toBe(
    "Alice and Bob connected; Bob sent chat:say 'hi'; asked for GET /stats",
  );
});

test("of many steps the last are told", () => {
  const timeline = new Timeline();
  for (let step = 1; step <= 9; step++)
    timeline.add({ lane: "Alice", kind: "emit", text: `sent ${step}` });
  expect(whatWasDone(timeline.entries, 2)).toBe(
    "…; Alice sent 8; Alice sent 9",
  );
});

test("names stand in the place of socket ids", () => {
  const timeline = new Timeline();
  timeline.add({
    lane: "Alice",
    kind: "connected",
    text: "",
    data: { id: "Xy_1" },
  });
  expect(withNames(timeline.entries)("{ from: 'Xy_1' } and Xy_1")).toBe(
    "{ from: ‹id of Alice› } and ‹id of Alice›",
  );
});

test("a server that prints without end pushes nothing out but its own lines", () => {
  const timeline = new Timeline();
  timeline.add({ lane: "Alice", kind: "emit", text: "sent boom" });
  for (let line = 0; line < 50_000; line++)
    timeline.add({ lane: "server", kind: "console", text: `line ${line}` });
  expect(timeline.entries.length).toBeLessThanOrEqual(5_000);
  expect(timeline.entries[0]?.text).toBe("sent boom");
  expect(timeline.entries.at(-1)?.text).toBe("line 49999");
});

test("a timeline is bounded, whatever fills it", () => {
  const timeline = new Timeline();
  for (let step = 0; step < 20_000; step++)
    timeline.add({ lane: "Alice", kind: "emit", text: `sent ${step}` });
  expect(timeline.entries.length).toBeLessThanOrEqual(5_000);
  expect(timeline.entries.at(-1)?.text).toBe("sent 19999");
});

test("those who follow it are told until they stop", () => {
  const timeline = new Timeline();
  const seen: string[] = [];
  const stop = timeline.follow(({ text }) => seen.push(text));
  timeline.add({ lane: "Alice", kind: "emit", text: "one" });
  stop();
  timeline.add({ lane: "Alice", kind: "emit", text: "two" });
  expect(seen).toEqual(["one"]);
});

test.each([
  [[], ""],
  [["Alice"], "Alice"],
  [["Alice", "Bob"], "Alice and Bob"],
  [["Alice", "Bob", "Carol"], "Alice, Bob and Carol"],
])("%j as a list", (names, text) => {
  expect(list(names)).toBe(text);
});
