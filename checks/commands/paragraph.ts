/**
 * Breaks a text into lines of at most `width` characters, between words where possible. Line breaks
 * of the text itself become spaces; several spaces stay, since they may be what a learner must see.
 * A no-break space never breaks, and is shown as a space.
 */
export function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text
    .trim()
    .replaceAll(/\s*\n\s*/g, " ")
    .split(" ")) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width) lines.splice(-1, 1, longer);
    else if (word.length <= width) lines.push(word);
    else lines.splice(-1, 1, ...inPieces(longer, width));
  }
  return lines.map((line) => line.trimEnd().replaceAll("\u00A0", " "));
}

/** Breaks a text wherever a line ends; an empty one has no pieces. */
export function inPieces(text: string, width: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  while (characters.length > 0)
    pieces.push(characters.splice(0, width).join(""));
  return pieces;
}

/** The first `most` of the lines; a cut is shown by `…`. */
export function shorten(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  const kept = lines.slice(0, most);
  const last = kept.pop() ?? "";
  return [...kept, `${last.slice(0, -1)}…`];
}
