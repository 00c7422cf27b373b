import { CommandError } from "../errors.ts";
import { isNumber, numberType, toNumber } from "./numbers.ts";
import { rank, rankOf } from "./order.ts";
import { bsonClass, isDocument, missing } from "./values.ts";

/**
 * BSON's types by their aliases and numbers.
 *
 * @see https://www.mongodb.com/docs/manual/reference/bson-types/
 */
const aliases = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
} as const;

export type TypeAlias = keyof typeof aliases | "missing";

const byNumber = new Map<number, string>(
  Object.entries(aliases).map(([alias, number]) => [number, alias]),
);

const byRank = new Map<number, TypeAlias>([
  [rank.minKey, "minKey"],
  [rank.null, "null"],
  [rank.string, "string"],
  [rank.object, "object"],
  [rank.array, "array"],
  [rank.binData, "binData"],
  [rank.objectId, "objectId"],
  [rank.bool, "bool"],
  [rank.date, "date"],
  [rank.timestamp, "timestamp"],
  [rank.regex, "regex"],
  [rank.code, "javascript"],
  [rank.maxKey, "maxKey"],
]);

/** The alias of a value's type, `missing` where there is no value. */
export function typeOf(value: unknown): TypeAlias {
  if (value === undefined || value === missing) return "missing";
  if (bsonClass(value) === "BSONSymbol") return "symbol";
  return numberType(value) ?? byRank.get(rankOf(value)) ?? "object";
}

/**
 * A test for one type or any of several, each given as alias or number; `number` is all four
 * numeric types.
 *
 * @throws CommandError 2 for a type that does not exist
 */
export function typeTest(wanted: unknown): (value: unknown) => boolean {
  const list = Array.isArray(wanted) ? wanted : [wanted];
  const set = new Set<string>(list.map(aliasFor));
  return (value) =>
    set.has(typeOf(value)) || (set.has("number") && isNumber(value));
}

function aliasFor(type: unknown): string {
  if (typeof type === "string") {
    if (type === "number" || Object.hasOwn(aliases, type)) return type;
    throw new CommandError("BadValue", `Unknown type name alias: ${type}`);
  }
  const alias = isNumber(type) ? byNumber.get(toNumber(type)) : undefined;
  if (alias) return alias;
  throw new CommandError(
    "BadValue",
    `Invalid numerical type code: ${show(type)}`,
  );
}

/** A value as mongod's messages show it. */
export function show(value: unknown): string {
  switch (typeOf(value)) {
    case "missing":
    case "null":
      return "null";
    case "string":
      return JSON.stringify(value);
    case "objectId":
      return `ObjectId('${String(value)}')`;
    case "date":
      return `new Date(${Number(value)})`;
    case "double":
      return Number.isInteger(toNumber(value))
        ? `${toNumber(value)}.0`
        : String(toNumber(value));
    case "array":
      return `[ ${(value as unknown[]).map(show).join(", ")} ]`;
    case "object":
      return isDocument(value)
        ? `{ ${Object.keys(value)
            .map((field) => `${field}: ${show(value[field])}`)
            .join(", ")} }`
        : String(value);
    default:
      return String(value);
  }
}
