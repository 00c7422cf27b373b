import type { Figure, Lane, Step } from "../diagram/figure.ts";

/** A line of a diagram that is not in the part of Mermaid that the lessons use. */
export class NotUnderstood extends Error {
  constructor(line: string) {
    super(`This line of a sequence diagram is not understood: ${line}`);
    this.name = "NotUnderstood";
  }
}

const calm = { mood: "calm" } as const;

/** What a line can be; the first that fits is meant. */
const lines: readonly [RegExp, (...parts: string[]) => Step][] = [
  [
    /^(\w+)\s*(--?)(>>|x)\s*(\w+)\s*:\s*(.+)$/,
    (from = "", dashes, head, to = "", text = "") => ({
      kind: "message",
      from,
      to,
      text,
      answer: dashes === "--",
      ...(head === "x" && { lost: true }),
      ...calm,
    }),
  ],
  [
    /^Note over (\w+(?:\s*,\s*\w+)*)\s*:\s*(.+)$/i,
    (over = "", text = "") => ({
      kind: "note",
      over: over.split(/\s*,\s*/),
      text,
      look: "note",
      ...calm,
    }),
  ],
  [
    /^(par|loop|opt|alt)\b\s*(.*)$/,
    (word = "", text = "") => ({ kind: "begin", word, text }),
  ],
  [/^(?:and|else)\b\s*(.*)$/, (text = "") => ({ kind: "branch", text })],
  [/^end$/, () => ({ kind: "end" })],
];

/**
 * Reads a `sequenceDiagram` of Mermaid: participants, messages, notes over lanes, and frames
 * (https://mermaid.js.org/syntax/sequenceDiagram.html).
 *
 * @throws {NotUnderstood} at a line that is none of these
 */
export function parseMermaid(source: string): Figure {
  const [heading = "", ...body] = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("%%"));
  if (heading !== "sequenceDiagram") throw new NotUnderstood(heading);
  const lanes = new Map<string, Lane>();
  const steps: Step[] = [];
  for (const line of body) {
    const lane = asLane(line);
    if (lane === null) steps.push(asStep(line));
    else lanes.set(lane.id, lane);
  }
  for (const id of steps.flatMap(lanesOf))
    if (!lanes.has(id)) lanes.set(id, { id, label: id, tone: "plain" });
  return { lanes: [...lanes.values()], steps };
}

function asLane(line: string): Lane | null {
  const [, id, label = id] =
    /^(?:participant|actor) (\w+)(?: as (.+))?$/.exec(line) ?? [];
  return id === undefined || label === undefined
    ? null
    : { id, label, tone: "plain" };
}

function asStep(line: string): Step {
  for (const [pattern, make] of lines) {
    const found = pattern.exec(line);
    if (found !== null) return make(...found.slice(1));
  }
  throw new NotUnderstood(line);
}

function lanesOf(step: Step): readonly string[] {
  if (step.kind === "message") return [step.from, step.to];
  return step.kind === "note" ? step.over : [];
}
