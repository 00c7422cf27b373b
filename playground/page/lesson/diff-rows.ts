import { diffLines } from "diff";

/** A line of one file beside the line of the other that stands in its place. */
export interface DiffRow {
  kind: "same" | "changed";
  own: NumberedLine | null;
  solution: NumberedLine | null;
}

export interface NumberedLine {
  number: number;
  text: string;
}

/** Rows of which nothing changed, left out between those that did. */
export interface Gap {
  kind: "gap";
  rows: DiffRow[];
}

/** Unchanged lines that are kept around a change. */
const AROUND = 3;

/** The two files line by line. */
export function diffRows(own: string, solution: string): DiffRow[] {
  const rows: DiffRow[] = [];
  let [ownLine, solutionLine] = [0, 0];
  let removed: NumberedLine[] = [];
  const pair = (added: NumberedLine[]) => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1)
      rows.push({
        kind: "changed",
        own: removed[i] ?? null,
        solution: added[i] ?? null,
      });
    removed = [];
  };
  for (const part of diffLines(own, solution)) {
    const lines = part.value.replace(/\n$/, "").split("\n");
    if (part.removed)
      removed = lines.map((text) => ({ number: ++ownLine, text }));
    else if (part.added)
      pair(lines.map((text) => ({ number: ++solutionLine, text })));
    else {
      pair([]);
      for (const text of lines)
        rows.push({
          kind: "same",
          own: { number: ++ownLine, text },
          solution: { number: ++solutionLine, text },
        });
    }
  }
  pair([]);
  return rows;
}

/** The rows with long runs of unchanged ones put together. */
export function withGaps(rows: readonly DiffRow[]): (DiffRow | Gap)[] {
  const near = rows.map((_, index) =>
    rows
      .slice(Math.max(0, index - AROUND), index + AROUND + 1)
      .some(({ kind }) => kind === "changed"),
  );
  const result: (DiffRow | Gap)[] = [];
  for (const [index, row] of rows.entries()) {
    const last = result.at(-1);
    if (near[index]) result.push(row);
    else if (last?.kind === "gap") last.rows.push(row);
    else result.push({ kind: "gap", rows: [row] });
  }
  return result;
}
