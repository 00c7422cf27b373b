import { expect, test } from "vitest";
import { explainPacket } from "./packet.ts";

const texts = (raw: string) => explainPacket(raw).map(({ text }) => text);

test.each([
  ['42["chat:say",{"text":"Hi"}]', ["4", "2", '["chat:say",{"text":"Hi"}]']],
  ['42/kitchen,17["order",1]', ["4", "2", "/kitchen,", "17", '["order",1]']],
  ['4317[{"ok":true}]', ["4", "3", "17", '[{"ok":true}]']],
  [
    '451-["photo",{"_placeholder":true,"num":0}]',
    ["4", "5", "1-", '["photo",{"_placeholder":true,"num":0}]'],
  ],
  ['40{"token":"x"}', ["4", "0", '{"token":"x"}']],
  ["41/kitchen,", ["4", "1", "/kitchen,"]],
  ['0{"sid":"x"}', ["0", '{"sid":"x"}']],
  ["2", ["2"]],
  ["2probe", ["2", "probe"]],
])("%s", (raw, pieces) => {
  expect(texts(raw)).toEqual(pieces);
});

test.each(['42["a"]', "451-/x,3[1]", "4nonsense", "6"])(
  "the pieces of %s are the packet, and each has a meaning",
  (raw) => {
    expect(texts(raw).join("")).toBe(raw);
    for (const { means } of explainPacket(raw)) expect(means).not.toBe("");
  },
);

test("what is no packet has no pieces", () => {
  expect(explainPacket("GET /stats")).toEqual([]);
  expect(explainPacket("")).toEqual([]);
});
