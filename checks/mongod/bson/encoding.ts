import { deserialize, Double, serialize, type DBRef } from "bson";
import { CommandError } from "../errors.ts";
import { double } from "./numbers.ts";
import { bsonClass, setField, type Document } from "./values.ts";

/** MongoDB's limits, in bytes, documents and levels. */
export const limits = {
  documentBytes: 16 * 1024 * 1024,
  /** A reply may be a little larger than a document, to hold one. */
  replyBytes: 16 * 1024 * 1024 + 16 * 1024,
  messageBytes: 48_000_000,
  writeBatch: 100_000,
  depth: 200,
} as const;

/**
 * Reads one BSON document into the engine's own values (see values.ts).
 *
 * @throws BSONError for bytes that are no BSON, CommandError 15 (Overflow) for one nested too deep
 */
export function decode(bytes: Uint8Array): Document {
  const raw = deserialize(bytes, {
    promoteValues: false,
    promoteBuffers: false,
    bsonRegExp: true,
  });
  return settle(raw, 0) as Document;
}

/** Replaces, in place, what the `bson` package reads differently from how we hold it. */
function settle(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== "object") return value;
  if (depth > limits.depth)
    throw new CommandError(
      "Overflow",
      `Object exceeded maximum nested object depth: ${limits.depth}`,
    );
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++)
      value[i] = settle(value[i], depth + 1);
    return value;
  }
  switch (bsonClass(value)) {
    case undefined:
      break;
    case "Int32":
      return (value as { value: number }).value;
    case "Double":
      return double((value as Double).value);
    case "DBRef":
      return settle(referenceDocument(value as DBRef), depth);
    default:
      return value;
  }
  if (value instanceof Date) return value;
  const document = value as Document;
  for (const field of Object.keys(document)) {
    const before = document[field];
    if (before === null || typeof before !== "object") continue;
    const after = settle(before, depth + 1);
    if (after !== before) setField(document, field, after);
  }
  return document;
}

/** To a server a reference is a document like any other. */
function referenceDocument({ collection, oid, db, fields }: DBRef): Document {
  return { $ref: collection, $id: oid, ...(db ? { $db: db } : {}), ...fields };
}

/** Writes a document as BSON. Undefined fields are left out. */
export function encode(document: Document): Uint8Array {
  return serialize(document, { ignoreUndefined: true });
}
