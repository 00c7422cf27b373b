import { expect, test } from "vitest";
import type { WireEntry, WireKind } from "../../protocol.ts";
import { connectedAfter, inOneSentence, lanesOf, stepOf } from "./steps.ts";

let seq = 0;
function entry(
  kind: WireKind,
  from: string,
  to: string | null = null,
  more: Partial<WireEntry> = {},
): WireEntry {
  seq += 1;
  return { seq, at: seq, kind, from, to, text: kind, ...more };
}

test("lanes: clients first, then HTTP, the server, its console and the database", () => {
  const entries = [
    entry("emit", "Bob", "server"),
    entry("request", "http", "server"),
  ];
  const ids = (lanes: { id: string }[]) => lanes.map(({ id }) => id);
  expect(ids(lanesOf(entries, ["Alice"], { database: true }))).toEqual([
    "Alice",
    "Bob",
    "http",
    "server",
    "console",
    "database",
  ]);
  expect(ids(lanesOf([], [], { console: false }))).toEqual(["server"]);
});

test("a message carries its payload in one line, and how long an answer took", () => {
  expect(
    stepOf(
      entry("emit", "Alice", "server", {
        text: "chat:say",
        payload: { text: '{\n  "text": "Hi"\n}', cut: 0 },
        wantsAck: true,
      }),
    ),
  ).toMatchObject({
    kind: "message",
    text: "chat:say",
    more: '{ "text": "Hi" } ↩ wants an answer',
    answer: false,
  });
  expect(
    stepOf(entry("ack", "server", "Alice", { ms: 12, text: "chat:say" })),
  ).toMatchObject({ answer: true, more: "· 12 ms" });
});

test("an event is called by its name, however it is told", () => {
  const heard = entry("event", "server", "Bob", {
    text: "heard chat:said { text: 'Hi' }",
    event: "chat:said",
  });
  expect(stepOf(heard)).toMatchObject({
    text: "chat:said",
    more: "{ text: 'Hi' }",
  });
});

test("what is printed stands over the console, what happens to a line over the client", () => {
  expect(stepOf(entry("console", "server"))).toMatchObject({
    kind: "note",
    over: ["server", "console"],
  });
  expect(stepOf(entry("cut", "Bob"))).toMatchObject({
    kind: "note",
    over: ["Bob"],
    mood: "bad",
  });
  expect(stepOf(entry("fault", "server"))).toMatchObject({ kind: "rule" });
});

test("who is connected after each entry", () => {
  const names = connectedAfter([
    entry("connect", "Alice"),
    entry("connected", "Alice"),
    entry("cut", "Bob"),
    entry("connected", "Bob"),
    entry("disconnected", "Alice"),
  ]).map((connected) => [...connected].toSorted().join(" "));
  expect(names).toEqual(["Bob", "Alice Bob", "Alice", "Alice Bob", "Bob"]);
});

test("who speaks before anything is known of the line was connected", () => {
  const [after] = connectedAfter([
    entry("event", "server", "Carol"),
    entry("emit", "Dave", "server"),
  ]);
  expect(after).toEqual(new Set(["Carol", "Dave"]));
});

test("an entry in one sentence", () => {
  const said = entry("emit", "Alice", "server", {
    text: "chat:say { text: 'Hi' }",
    event: "chat:say",
  });
  expect(inOneSentence(said)).toBe(
    "Alice to Server: emit chat:say { text: 'Hi' }",
  );
});
