import { expect, test } from "vitest";
import type { Step } from "./figure.ts";
import { ROW, cut, layRow, placeLanes } from "./layout.ts";

const measure = (text: string) => text.length * 7;
const width = 400;
const geometry = {
  width,
  gutter: 0,
  measure,
  mostLines: 1,
  lanes: placeLanes(
    ["A", "S", "B", "C"].map((id) => ({ id, label: id, tone: "plain" })),
    width,
    0,
  ),
};
const message = (from: string, to: string, text: string): Step => ({
  kind: "message",
  from,
  to,
  text,
  answer: false,
  mood: "calm",
});

test("lanes stand at even distances, right of the gutter", () => {
  expect([...geometry.lanes.values()]).toEqual([50, 150, 250, 350]);
  const right = placeLanes([{ id: "A", label: "A", tone: "plain" }], 300, 100);
  expect(right.get("A")).toBe(200);
});

test("a message goes from lane to lane, its text above the middle", () => {
  const { arrow, label } = layRow(message("A", "B", "hello"), geometry);
  expect(arrow).toMatchObject({ from: 50, to: 250 });
  expect(label).toMatchObject({ x: 150, lines: ["hello"] });
});

test("no text stands outside, however long it is and wherever it begins", () => {
  for (const [from, to] of [
    ["A", "S"],
    ["C", "B"],
    ["C", "C"],
  ] as const)
    for (const length of [1, 20, 50, 500]) {
      const step = message(from, to, "x".repeat(length));
      const { label } = layRow(step, geometry);
      const half = measure(label?.lines[0] ?? "") / 2;
      expect(label?.x ?? 0).toBeGreaterThanOrEqual(half);
      expect(label?.x ?? 0).toBeLessThanOrEqual(width - half);
    }
});

test("nothing stands over the time", () => {
  const step = message("A", "A", "x".repeat(500));
  const { label } = layRow(step, { ...geometry, gutter: 80 });
  const left = (label?.x ?? 0) - measure(label?.lines[0] ?? "") / 2;
  expect(left).toBeGreaterThanOrEqual(80);
});

test("with one line of text every row has the same height", () => {
  const steps: Step[] = [
    message("A", "B", "x ".repeat(300)),
    message("A", "A", ""),
    { kind: "note", over: ["A"], text: "hi", look: "state", mood: "calm" },
    { kind: "rule", text: "saved", mood: "calm" },
  ];
  for (const step of steps) expect(layRow(step, geometry).height).toBe(ROW);
});

test("with more lines a long text is wrapped between words", () => {
  const text = "the quick brown fox jumps over the lazy dog ".repeat(3).trim();
  const row = layRow(message("A", "B", text), { ...geometry, mostLines: 9 });
  expect(row.label?.lines.length).toBeGreaterThan(1);
  expect(row.label?.lines.join(" ")).toBe(text);
  expect(row.height).toBeGreaterThan(ROW);
});

test("a note spans its lanes", () => {
  const { box } = layRow(
    { kind: "note", over: ["A", "C"], text: "all", look: "note", mood: "calm" },
    geometry,
  );
  expect(box?.x).toBeLessThan(50);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeGreaterThan(350);
});

test("what is printed begins at the same place, or further left if it is long", () => {
  const left = (text: string) =>
    layRow(
      { kind: "note", over: ["B"], text, look: "console", mood: "calm" },
      geometry,
    ).box?.x;
  expect(left("a")).toBe(left("  bcd"));
  expect(left("x".repeat(40))).toBeLessThan(left("a") ?? 0);
  expect(left("x".repeat(500))).toBeGreaterThanOrEqual(0);
});

test("a text that does not fit is cut, and says so", () => {
  expect(cut("short", 100, geometry)).toBe("short");
  const long = cut("x".repeat(99), 100, geometry);
  expect(long).toMatch(/^x+…$/);
  expect(measure(long)).toBeLessThanOrEqual(100);
  expect(measure(long)).toBeGreaterThan(100 - 2 * 7);
});
