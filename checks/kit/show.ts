import { inspect } from "node:util";

/**
 * A value as a learner would write it, on one line, cut to a length that fits a report.
 *
 * Whatever a server sends is shown, so control characters are shown as escapes and long texts,
 * deep objects and binary data are cut.
 */
export function show(value: unknown, length = 120): string {
  const text = inspect(value, {
    breakLength: Infinity,
    compact: true,
    depth: 4,
    maxArrayLength: 8,
    maxStringLength: 80,
    sorted: false,
  });
  return cut(text.replaceAll(/\[Object: null prototype\] /g, ""), length);
}

/** The arguments of an event, as they would stand in a call. */
export function showArguments(values: readonly unknown[]): string {
  return values.map((value) => show(value)).join(", ");
}

/** A text that is never longer than `length` characters; a cut is shown by `…`. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
