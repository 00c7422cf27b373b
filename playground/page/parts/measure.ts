const context = document.createElement("canvas").getContext("2d");

/** The fonts of the diagrams, as the style sheet has them. */
export const fonts = {
  mono: '12px ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  text: '13.5px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
} as const;

/** How wide a text is in that font, in pixels. */
export function measureIn(font: keyof typeof fonts): (text: string) => number {
  const widths = new Map<string, number>();
  return (text) => {
    const known = widths.get(text);
    if (known !== undefined) return known;
    if (context === null) return text.length * 8;
    context.font = fonts[font];
    const { width } = context.measureText(text);
    // Of a stream of texts that never repeat nothing is gained by keeping them all.
    if (widths.size > 5_000) widths.clear();
    widths.set(text, width);
    return width;
  };
}
