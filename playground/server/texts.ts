import type { CutText } from "../protocol.ts";

/** Characters of one payload, and of one raw packet, that the playground keeps. */
const MOST_CHARACTERS = 2_000;

export function cutText(text: string, most = MOST_CHARACTERS): CutText {
  return { text: text.slice(0, most), cut: Math.max(0, text.length - most) };
}

/** A value as indented JSON. What JSON does not know is described in words. */
export function asJson(value: unknown): string {
  try {
    return JSON.stringify(value, inWords, 2) ?? "nothing";
  } catch (error) {
    return `‹cannot be shown: ${(error as Error).message}›`;
  }
}

/** The arguments of an event: one argument stands for itself. */
export function argumentsAsJson(args: readonly unknown[]): string {
  if (args.length === 0) return "nothing";
  return asJson(args.length === 1 ? args[0] : args);
}

/** `this` holds the value before its `toJSON`, which turns bytes into long lists. */
function inWords(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  if (ArrayBuffer.isView(original) || original instanceof ArrayBuffer)
    return `‹${original.byteLength} bytes›`;
  // In a database a date and an id are no texts, and it matters which of them it is.
  if (original instanceof Date) return `ISODate("${value}")`;
  if (isObjectId(original)) return `ObjectId("${value}")`;
  return typeof value === "bigint" ? `${value}n` : value;
}

function isObjectId(value: unknown): boolean {
  return (value as { _bsontype?: unknown } | null)?._bsontype === "ObjectId";
}

/** A mistake in what a person typed, told in one sentence. */
export class NotPossible extends Error {
  override name = "NotPossible";
}

/**
 * Reads JSON that a person typed.
 *
 * @param what such as `The payload`
 * @throws {NotPossible} with the place of the mistake
 */
export function readJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotPossible(
      `${what} is no JSON: ${(error as Error).message}. Texts and names stand in double quotes: {"text": "Hello"}`,
    );
  }
}
