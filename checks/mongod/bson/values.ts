import { Binary, BSONRegExp, type ObjectId } from "bson";

/**
 * A document as the engine holds it. Values keep the BSON type that the client sent:
 *
 * | BSON | here |
 * |---|---|
 * | int | number: whole, within 32 bits, not -0 |
 * | double | number, or Double where a bare number would be taken for an int |
 * | long, decimal | Long, Decimal128 |
 * | string, bool, null, array, object | as in JavaScript |
 * | date | Date |
 * | regex, binData | BSONRegExp, Binary |
 * | everything else | the class of the `bson` package |
 *
 * Whoever writes a bare number back as BSON by the `bson` package's rules gets the same type again.
 * Stored documents are never changed in place: an update makes a new one.
 */
export interface Document {
  [field: string]: unknown;
}

/** The value at the end of a path that leads nowhere, told apart from null. */
export const missing: unique symbol = Symbol("missing");

/** Whether it is a document: neither an array nor a BSON value with a class of its own. */
export function isDocument(value: unknown): value is Document {
  return (
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    (value as { _bsontype?: unknown })._bsontype === undefined &&
    !(value instanceof Date) &&
    !(value instanceof RegExp) &&
    !ArrayBuffer.isView(value)
  );
}

/** The class name that the `bson` package gives its values; undefined for all others. */
export function bsonClass(value: unknown): string | undefined {
  return value !== null && typeof value === "object"
    ? (value as { _bsontype?: string })._bsontype
    : undefined;
}

export function isObjectId(value: unknown): value is ObjectId {
  return bsonClass(value) === "ObjectId";
}

/** Sets a field so that even `__proto__` becomes data. */
export function setField(target: Document, field: string, value: unknown) {
  if (field !== "__proto__") target[field] = value;
  else
    Object.defineProperty(target, field, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}

/** A copy that shares nothing that anyone changes: BSON values of a class are never changed. */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T;
  if (!isDocument(value)) return value;
  const copy: Document = {};
  for (const field of Object.keys(value))
    setField(copy, field, clone(value[field]));
  return copy as T;
}

/** The document with `_id` in front, as mongod stores it. */
export function idFirst(document: Document): Document {
  if (!("_id" in document) || Object.keys(document)[0] === "_id")
    return document;
  const { _id, ...rest } = document;
  return { _id, ...rest };
}

/** The only key of a one-field document such as a pipeline stage; undefined for an empty one. */
export function firstKey(document: Document): string | undefined {
  for (const key in document) return key;
  return undefined;
}

/** Whether it is an operator expression such as `{ $gt: 5 }` (a DBRef is a value). */
export function isOperators(value: unknown): value is Document {
  if (!isDocument(value)) return false;
  const key = firstKey(value);
  return (
    key !== undefined &&
    key.startsWith("$") &&
    !(key === "$ref" && "$id" in value)
  );
}

/** MongoDB's truth: false, null, a missing value and any zero are false, all else is true. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === missing) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  switch (bsonClass(value)) {
    case "Double":
    case "Int32":
      return (value as { value: number }).value !== 0;
    case "Long":
      return !(value as { isZero(): boolean }).isZero();
    case "Decimal128":
      return !/^-?0(\.0*)?(E[+-]?\d+)?$/i.test(String(value));
    default:
      return true;
  }
}

/** The bytes of a binData value. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Binary) return value.buffer.subarray(0, value.position);
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array();
}

/** A regular expression's source and options, whichever class holds it; undefined for others. */
export function regexParts(
  value: unknown,
): { pattern: string; options: string } | undefined {
  if (value instanceof RegExp)
    return { pattern: value.source, options: value.flags };
  if (value instanceof BSONRegExp || bsonClass(value) === "BSONRegExp") {
    const { pattern, options } = value as BSONRegExp;
    return { pattern, options };
  }
  return undefined;
}
