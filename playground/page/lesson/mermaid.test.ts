import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { layRow, placeLanes } from "../diagram/layout.ts";
import { NotUnderstood, parseMermaid } from "./mermaid.ts";

const root = join(import.meta.dirname, "../../..");

const markdownIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file));

const diagrams = ["README.md", "CONTRIBUTING.md"]
  .concat(markdownIn("lessons"), markdownIn("solutions"))
  .flatMap((file) =>
    [
      ...readFileSync(join(root, file), "utf8").matchAll(
        /^```mermaid\n(.*?)^```/gms,
      ),
    ].map(([, source = ""], index) => ({
      name: `${file}, diagram ${index + 1}`,
      source,
    })),
  );

describe("every diagram of the workshop is understood and can be drawn", () => {
  test("there are some", () => {
    expect(diagrams.length).toBeGreaterThan(5);
  });

  test.each(diagrams)("$name", ({ source }) => {
    const { lanes, steps } = parseMermaid(source);
    const width = 460;
    const geometry = {
      width,
      gutter: 0,
      lanes: placeLanes(lanes, width, 0),
      measure: (text: string) => text.length * 7,
      mostLines: 5,
    };
    expect(lanes.length).toBeGreaterThan(1);
    for (const step of steps) {
      const row = layRow(step, geometry);
      expect(row.height).toBeGreaterThan(0);
      for (const line of row.label?.lines ?? [])
        expect(line.length * 7).toBeLessThanOrEqual(width);
    }
    const depth = steps.reduce(
      (open, { kind }) =>
        open + (kind === "begin" ? 1 : kind === "end" ? -1 : 0),
      0,
    );
    expect(depth, "every frame ends").toBe(0);
  });
});

test("a message that is lost", () => {
  const { steps } = parseMermaid("sequenceDiagram\nA->>S: sent\nS--xA: ok");
  expect(steps).toMatchObject([
    { from: "A", to: "S", answer: false },
    { from: "S", to: "A", answer: true, lost: true },
  ]);
  expect(steps[0]).not.toHaveProperty("lost");
});

test("participants, messages, notes and frames", () => {
  const figure = parseMermaid(`sequenceDiagram
    participant A as Alice's page
    participant S
    %% nobody reads this
    A->>S: coffee:order, large
    par to everyone
      S-->>A: coffee:ready
    and
      S-->>B: coffee:ready
    end
    Note over A,S: all is well`);
  expect(figure.lanes).toEqual([
    { id: "A", label: "Alice's page", tone: "plain" },
    { id: "S", label: "S", tone: "plain" },
    { id: "B", label: "B", tone: "plain" },
  ]);
  expect(figure.steps).toEqual([
    {
      kind: "message",
      from: "A",
      to: "S",
      text: "coffee:order, large",
      answer: false,
      mood: "calm",
    },
    { kind: "begin", word: "par", text: "to everyone" },
    {
      kind: "message",
      from: "S",
      to: "A",
      text: "coffee:ready",
      answer: true,
      mood: "calm",
    },
    { kind: "branch", text: "" },
    {
      kind: "message",
      from: "S",
      to: "B",
      text: "coffee:ready",
      answer: true,
      mood: "calm",
    },
    { kind: "end" },
    {
      kind: "note",
      over: ["A", "S"],
      text: "all is well",
      look: "note",
      mood: "calm",
    },
  ]);
});

test.each(["flowchart LR", "sequenceDiagram\n  A->>B", ""])(
  "what is not understood is said: %j",
  (source) => {
    expect(() => parseMermaid(source)).toThrow(NotUnderstood);
  },
);
