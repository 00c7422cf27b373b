import { Timestamp, type Code, type ObjectId } from "bson";
import { compareNumbers, isNumber, numberKey } from "./numbers.ts";
import {
  bsonClass,
  bytesOf,
  isDocument,
  regexParts,
  type Document,
} from "./values.ts";

/**
 * The order in which values of different types sort, lowest first.
 *
 * @see https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/
 */
export const rank = {
  minKey: 1,
  null: 3,
  number: 4,
  string: 5,
  object: 6,
  array: 7,
  binData: 8,
  objectId: 9,
  bool: 10,
  date: 11,
  timestamp: 12,
  regex: 13,
  code: 15,
  maxKey: 99,
} as const;

const rankOfClass: Record<string, number> = {
  ObjectId: rank.objectId,
  Binary: rank.binData,
  UUID: rank.binData,
  Timestamp: rank.timestamp,
  BSONRegExp: rank.regex,
  Code: rank.code,
  BSONSymbol: rank.string,
  MinKey: rank.minKey,
  MaxKey: rank.maxKey,
};

/** Where a value's type stands in MongoDB's order of types; a missing value stands with null. */
export function rankOf(value: unknown): number {
  switch (typeof value) {
    case "number":
    case "bigint":
      return rank.number;
    case "string":
      return rank.string;
    case "boolean":
      return rank.bool;
    case "undefined":
    case "symbol":
      return rank.null;
  }
  if (value === null) return rank.null;
  if (Array.isArray(value)) return rank.array;
  if (value instanceof Date) return rank.date;
  const name = bsonClass(value);
  if (name !== undefined)
    return rankOfClass[name] ?? (isNumber(value) ? rank.number : rank.object);
  if (value instanceof RegExp) return rank.regex;
  return ArrayBuffer.isView(value) ? rank.binData : rank.object;
}

/** Compares two strings by the rules of a language; undefined means byte by byte. */
export type Collator = Intl.Collator | undefined;

/**
 * Compares any two values in BSON order: below zero, zero, above zero.
 * A missing value equals null here; where that matters, the caller looks first.
 */
export function compare(a: unknown, b: unknown, collator?: Collator): number {
  if (a === b) return 0;
  const type = rankOf(a);
  const difference = type - rankOf(b);
  if (difference !== 0) return difference;
  switch (type) {
    case rank.number:
      return compareNumbers(a, b);
    case rank.string:
      return compareStrings(String(a), String(b), collator);
    case rank.object:
      return compareDocuments(a as Document, b as Document, collator);
    case rank.array:
      return compareArrays(a as unknown[], b as unknown[], collator);
    case rank.binData:
      return compareBytes(a, b);
    case rank.objectId:
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case rank.bool:
    case rank.date:
      return Number(a) - Number(b);
    case rank.timestamp:
      return (a as Timestamp).compare(b as Timestamp);
    case rank.regex: {
      const x = regexParts(a);
      const y = regexParts(b);
      return (
        compareStrings(x?.pattern ?? "", y?.pattern ?? "") ||
        compareStrings(x?.options ?? "", y?.options ?? "")
      );
    }
    case rank.code:
      return compareStrings(codeText(a), codeText(b));
    default:
      return 0;
  }
}

export function equal(a: unknown, b: unknown, collator?: Collator): boolean {
  return compare(a, b, collator) === 0;
}

const surrogate = /[\ud800-\udfff]/;

function compareStrings(a: string, b: string, collator?: Collator): number {
  if (collator) return collator.compare(a, b);
  if (a === b) return 0;
  // UTF-8 order is the order of code points, which JavaScript's differs from only at surrogates.
  if (surrogate.test(a) || surrogate.test(b))
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

function compareDocuments(a: Document, b: Document, collator: Collator) {
  const fieldsA = Object.keys(a);
  const fieldsB = Object.keys(b);
  const shared = Math.min(fieldsA.length, fieldsB.length);
  for (let i = 0; i < shared; i++) {
    const fieldA = fieldsA[i] ?? "";
    const fieldB = fieldsB[i] ?? "";
    const valueA = a[fieldA];
    const valueB = b[fieldB];
    const order =
      rankOf(valueA) - rankOf(valueB) ||
      compareStrings(fieldA, fieldB) ||
      compare(valueA, valueB, collator);
    if (order !== 0) return order;
  }
  return fieldsA.length - fieldsB.length;
}

function compareArrays(a: unknown[], b: unknown[], collator: Collator) {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compare(a[i], b[i], collator);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareBytes(a: unknown, b: unknown): number {
  const x = bytesOf(a);
  const y = bytesOf(b);
  return x.length - y.length || subtype(a) - subtype(b) || Buffer.compare(x, y);
}

function subtype(value: unknown): number {
  return (value as { sub_type?: number }).sub_type ?? 0;
}

function codeText(value: unknown): string {
  return String((value as Code).code);
}

/** A string that two values share exactly when `equal` holds for them, without a collation. */
export function keyOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `s${value.length}:${value}`;
    case "number":
    case "bigint":
      return `n${numberKey(value)}`;
    case "boolean":
      return value ? "T" : "F";
    case "undefined":
    case "symbol":
      return "~";
  }
  if (value === null) return "~";
  if (isDocument(value)) {
    const fields = Object.keys(value);
    return `{${fields.map((f) => `${f.length}:${f}=${keyOf(value[f])}`).join()}}`;
  }
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`;
  switch (rankOf(value)) {
    case rank.number:
      return `n${numberKey(value)}`;
    case rank.objectId:
      return `o${(value as ObjectId).toHexString()}`;
    case rank.date:
      return `d${Number(value)}`;
    case rank.string:
      return keyOf(String(value));
    case rank.timestamp:
      return `t${String(value)}`;
    case rank.regex: {
      const parts = regexParts(value);
      return `r${parts?.pattern}/${parts?.options}`;
    }
    case rank.code:
      return `c${codeText(value)}`;
    case rank.binData:
      return `b${subtype(value)}:${Buffer.from(bytesOf(value)).toString("base64")}`;
    case rank.minKey:
      return "<";
    case rank.maxKey:
      return ">";
    default:
      return `?${String(value)}`;
  }
}
