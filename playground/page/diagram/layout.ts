import type { Lane, Step } from "./figure.ts";

/** Where everything of a row stands, in pixels from its left upper corner. */
export interface Row {
  height: number;
  label: Label | null;
  arrow: Arrow | null;
  box: Box | null;
}

export interface Label {
  /** Centre of the text. */
  x: number;
  /** Baseline of the first line. */
  y: number;
  lines: string[];
}

export interface Arrow {
  from: number;
  to: number;
  y: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Geometry {
  width: number;
  /** What is kept free at the left, for the time. */
  gutter: number;
  /** The x of each lane, by its id. */
  lanes: ReadonlyMap<string, number>;
  /** How wide a text is. */
  measure(text: string): number;
  /** A label that needs more lines is cut. */
  mostLines: number;
}

/** From one line of text to the next. */
export const LINE = 17;

/** Height of a row whose label has one line. */
export const ROW = 36;

/** Between a text and what is around it. */
const PADDING = 8;

/**
 * Places lanes at even distances.
 *
 * @param gutter what is kept free at the left, for the time
 */
export function placeLanes(
  lanes: readonly Lane[],
  width: number,
  gutter: number,
): Map<string, number> {
  const each = (width - gutter) / Math.max(1, lanes.length);
  return new Map(
    lanes.map(({ id }, index) => [id, gutter + (index + 0.5) * each]),
  );
}

/** Lays out one step. Steps of lanes that are not there stand in the middle. */
export function layRow(step: Step, geometry: Geometry): Row {
  switch (step.kind) {
    case "message":
      return layMessage(
        place(step.from, geometry),
        place(step.to, geometry),
        [step.text, step.more ?? ""].join(" ").trim(),
        geometry,
      );
    case "note": {
      const places = step.over.map((id) => place(id, geometry));
      if (step.look === "console")
        return layPrinted(places, step.text, geometry);
      return layBox(
        Math.min(...places),
        Math.max(...places),
        step.text,
        geometry,
      );
    }
    case "rule":
      return layAcross(step.text, geometry);
    case "begin":
      return layAcross(step.text || step.word, geometry);
    case "branch":
      return step.text === "" ? empty(14) : layAcross(step.text, geometry);
    case "end":
      return empty(12);
  }
}

const empty = (height: number): Row => ({
  height,
  label: null,
  arrow: null,
  box: null,
});

const place = (id: string, { lanes, width }: Geometry) =>
  lanes.get(id) ?? width / 2;

function layMessage(
  from: number,
  to: number,
  text: string,
  geometry: Geometry,
): Row {
  const alone = from === to;
  const lines = wrap(text, roomIn(geometry) - 2 * PADDING, geometry);
  const middle = alone
    ? from + widest(lines, geometry) / 2 + 30
    : (from + to) / 2;
  const y = 7 + lines.length * LINE;
  return {
    height: ROW + (lines.length - 1) * LINE,
    label: {
      x: within(middle, widest(lines, geometry), geometry),
      y: 14,
      lines,
    },
    arrow: { from, to, y },
    box: null,
  };
}

function layBox(
  left: number,
  right: number,
  text: string,
  geometry: Geometry,
): Row {
  const lines = wrap(text, roomIn(geometry) - 4 * PADDING, geometry);
  const width = Math.max(
    right - left + 4 * PADDING,
    widest(lines, geometry) + 2 * PADDING,
  );
  const x = within((left + right) / 2, width, geometry);
  const height = lines.length * LINE + 8;
  return {
    height: height + 11,
    label: { x, y: 5 + 16, lines },
    arrow: null,
    box: { x: x - width / 2, y: 5, width, height },
  };
}

/** What is printed begins at the same place in each line, as on a terminal, if there is room for it. */
function layPrinted(
  places: readonly number[],
  text: string,
  geometry: Geometry,
): Row {
  const row = layBox(Math.min(...places), Math.max(...places), text, geometry);
  const { box, label } = row;
  if (box === null || label === null) return row;
  const wide = widest(label.lines, geometry) + 2 * PADDING;
  const left = Math.min(...places) + PADDING;
  const x = Math.max(
    geometry.gutter,
    Math.min(left, geometry.width - wide - PADDING / 2),
  );
  return {
    ...row,
    box: { ...box, x, width: wide },
    label: { ...label, x: x + wide / 2 },
  };
}

function layAcross(text: string, geometry: Geometry): Row {
  const lines = wrap(text, roomIn(geometry) - 6 * PADDING, geometry);
  return {
    height: ROW + (lines.length - 1) * LINE,
    label: { x: geometry.gutter + roomIn(geometry) / 2, y: 23, lines },
    arrow: null,
    box: null,
  };
}

const roomIn = ({ width, gutter }: Geometry) => width - gutter;

const widest = (lines: readonly string[], { measure }: Geometry) =>
  Math.max(0, ...lines.map((line) => measure(line)));

/** The middle of something so wide, moved so that nothing of it is outside. */
function within(middle: number, wide: number, geometry: Geometry): number {
  const half = wide / 2 + PADDING / 2;
  return Math.max(
    geometry.gutter + half,
    Math.min(geometry.width - half, middle),
  );
}

function wrap(text: string, most: number, geometry: Geometry): string[] {
  if (geometry.mostLines === 1) return [cut(text, most, geometry)];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (geometry.measure(longer) <= most || line === "") line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  const kept = lines.slice(0, geometry.mostLines);
  const last = kept.length - 1;
  if (kept.length < lines.length) kept[last] = lines.slice(last).join(" ");
  return kept.map((one) => cut(one, most, geometry));
}

/** A text no wider than that; where something is missing it ends with `…`. */
export function cut(
  text: string,
  most: number,
  { measure }: Pick<Geometry, "measure">,
): string {
  if (measure(text) <= most) return text;
  let [fits, tooMany] = [0, text.length];
  while (fits + 1 < tooMany) {
    const middle = (fits + tooMany) >> 1;
    if (measure(`${text.slice(0, middle)}…`) <= most) fits = middle;
    else tooMany = middle;
  }
  return `${text.slice(0, fits)}…`;
}
