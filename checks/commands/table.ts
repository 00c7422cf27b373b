/** A column of a table. */
export interface Column {
  heading: string;
  /** Figures stand at the right. */
  isFigure?: boolean;
  /** Longer texts are cut; 0 or less for no limit. */
  most?: number;
}

const BETWEEN = "  ";

/**
 * Rows of texts as lines with columns of the same width, under their headings.
 *
 * @param width of a line at most; the last column is cut to it. Infinity where lines may be long
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const cut = [columns.map(({ heading }) => heading), ...rows].map((row) =>
    row.map((text, index) => shorten(text, columns[index]?.most ?? Infinity)),
  );
  const widths = columns.map((_column, index) =>
    Math.max(...cut.map((row) => row[index]?.length ?? 0)),
  );
  return cut.map((row) => {
    const cells = row.map((text, index) =>
      columns[index]?.isFigure
        ? text.padStart(widths[index] ?? 0)
        : text.padEnd(widths[index] ?? 0),
    );
    return shorten(cells.join(BETWEEN).trimEnd(), width);
  });
}

function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}
