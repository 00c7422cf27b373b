import { isDeepStrictEqual } from "node:util";
import { show } from "./show.ts";

/**
 * Shapes say what a lesson's contract says of a payload: these fields, with these values or types.
 * Further fields are always allowed.
 *
 * @example
 *   matches({ id: aString, online: 2 }, payload)
 */
export type Shape =
  | Kind<unknown>
  | string
  | number
  | boolean
  | null
  | readonly Shape[]
  | { readonly [field: string]: Shape };

/** A type that a value must have, with the words that a report uses for it. */
export class Kind<T> {
  readonly name: string;
  readonly test: (value: unknown) => boolean;
  /** Only there for the type. */
  declare readonly type: T;

  constructor(name: string, test: (value: unknown) => boolean) {
    this.name = name;
    this.test = test;
  }
}

/** The type of the values that match a shape. */
export type Matching<S> =
  S extends Kind<infer T>
    ? T
    : S extends readonly (infer Item)[]
      ? Matching<Item>[]
      : S extends object
        ? { -readonly [Field in keyof S]: Matching<S[Field]> }
        : S;

export const anything = new Kind<unknown>("anything", () => true);
export const aString = new Kind<string>(
  "a string",
  (value) => typeof value === "string" && value !== "",
);
export const aNumber = new Kind<number>("a number", (value) =>
  Number.isFinite(value),
);
/** A moment as `Date.prototype.toISOString` writes it. */
export const anIsoTime = new Kind<string>(
  "an ISO time",
  (value) =>
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
);

/** A list of these values, in any order. */
export function inAnyOrder<S extends Shape>(
  ...items: S[]
): Kind<Matching<S>[]> {
  return new Kind(
    `${describeShape(items)}, in any order`,
    (value) => Array.isArray(value) && isPermutation(items, value),
  );
}

function isPermutation(
  items: readonly Shape[],
  values: readonly unknown[],
): boolean {
  const left = [...values];
  for (const item of items) {
    const index = left.findIndex((value) => matches(item, value));
    if (index < 0) return false;
    left.splice(index, 1);
  }
  return left.length === 0;
}

/** Whether a value has the shape. Never throws, whatever the value is. */
export function matches<S extends Shape>(
  shape: S,
  value: unknown,
): value is Matching<S> {
  if (shape instanceof Kind) return shape.test(value);
  if (Array.isArray(shape))
    return (
      Array.isArray(value) &&
      value.length === shape.length &&
      shape.every((item, index) => matches(item, value[index]))
    );
  if (isFields(shape))
    return (
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(shape).every(
        ([field, part]) =>
          Object.hasOwn(value, field) &&
          matches(part, (value as Record<string, unknown>)[field]),
      )
    );
  return isDeepStrictEqual(shape, value);
}

/** The shape in words, such as `{ id: a string, online: 2 }`. */
export function describeShape(shape: Shape): string {
  if (shape instanceof Kind) return shape.name;
  if (Array.isArray(shape))
    return `[${shape.map((item: Shape) => describeShape(item)).join(", ")}]`;
  if (isFields(shape)) {
    const fields = Object.entries(shape).map(
      ([field, part]) => `${field}: ${describeShape(part)}`,
    );
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  return show(shape);
}

function isFields(shape: Shape): shape is { readonly [field: string]: Shape } {
  return typeof shape === "object" && shape !== null && !Array.isArray(shape);
}

/** Binary data with these bytes, as a Buffer or another view of them. */
export function bytes(expected: Uint8Array): Kind<Uint8Array> {
  return new Kind(
    show(Buffer.from(expected)),
    (value) =>
      (value instanceof Uint8Array || value instanceof ArrayBuffer) &&
      Buffer.from(value as Uint8Array).equals(expected),
  );
}
