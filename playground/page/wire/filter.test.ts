import { expect, test } from "vitest";
import type { WireEntry } from "../../protocol.ts";
import { everything, filtered, groups } from "./filter.ts";

const base = { at: 0, from: "Alice", to: "server", text: "" } as const;
const say: WireEntry = {
  ...base,
  seq: 1,
  kind: "emit",
  text: "chat:say",
  payload: { text: '{ "text": "Goal" }', cut: 0 },
};
const printed: WireEntry = {
  ...base,
  seq: 2,
  kind: "console",
  from: "server",
  to: null,
  text: "listening",
};
const started: WireEntry = { ...printed, seq: 3, kind: "started" };
const all = [say, printed, started];

test("without a filter everything is shown", () => {
  expect(filtered(all, everything)).toBe(all);
});

test("text is looked for in names, texts and payloads, in either case", () => {
  const shown = (text: string) => filtered(all, { ...everything, text });
  expect(shown("goal")).toEqual([say]);
  expect(shown("ALICE")).toEqual([say]);
  expect(shown("listening")).toEqual([printed, started]);
  expect(shown("nothing like it")).toEqual([]);
});

test("kinds are hidden together, and never a start", () => {
  expect(filtered(all, { text: "", hidden: new Set(["Console"]) })).toEqual([
    say,
    started,
  ]);
  const hidden = new Set(Object.keys(groups) as (keyof typeof groups)[]);
  expect(filtered(all, { text: "", hidden })).toEqual([started]);
});
