import { calculateObjectSize, Decimal128, Long, ObjectId, UUID } from "bson";
import {
  double,
  integer,
  isNumber,
  numberType,
  toBigInt,
  toNumber,
} from "../bson/numbers.ts";
import { typeOf } from "../bson/types.ts";
import { isDocument, isObjectId, isTrue } from "../bson/values.ts";
import { CommandError } from "../errors.ts";

/**
 * Converts a value as `$convert` and the `$toX` operators do.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/convert/
 * @param target the alias or number of a BSON type
 * @throws CommandError 241 (ConversionFailure) where the value cannot become that
 */
export function convert(value: unknown, target: unknown): unknown {
  const name = isNumber(target) ? targetsByNumber[toNumber(target)] : target;
  const to =
    typeof name === "string" && Object.hasOwn(targets, name)
      ? targets[name as ConversionTarget]
      : undefined;
  if (!to)
    throw new CommandError(
      "FailedToParse",
      `Unknown type name: ${String(name)}`,
    );
  return to(value);
}

export type ConversionTarget = keyof typeof targets;

function failure(value: unknown, target: string): CommandError {
  const what =
    typeof value === "string"
      ? `Failed to parse ${target} '${value}'`
      : `Unsupported conversion from ${typeOf(value)} to ${target}`;
  return new CommandError(
    "ConversionFailure",
    `${what} in $convert with no onError value`,
  );
}

const bounds = { int: 2n ** 31n, long: 2n ** 63n };

function toWhole(value: unknown, target: "int" | "long"): bigint {
  let whole: bigint | undefined;
  if (typeof value === "boolean") whole = value ? 1n : 0n;
  else if (typeof value === "string")
    whole = /^[+-]?\d+$/.test(value)
      ? BigInt(value.replace(/^\+/, ""))
      : undefined;
  else if (value instanceof Date && target === "long")
    whole = BigInt(value.getTime());
  else if (isNumber(value)) {
    const truncated = Math.trunc(toNumber(value));
    whole =
      toBigInt(value) ??
      (Number.isFinite(truncated) ? BigInt(truncated) : undefined);
  }
  const bound = bounds[target];
  if (whole === undefined || whole < -bound || whole >= bound)
    throw failure(value, target);
  return whole;
}

const targets = {
  int: (value: unknown) => integer(toWhole(value, "int")),
  long: (value: unknown) => Long.fromBigInt(toWhole(value, "long")),
  double: (value: unknown) => {
    if (typeof value === "boolean") return double(value ? 1 : 0);
    if (isNumber(value)) return double(toNumber(value));
    if (value instanceof Date) return double(value.getTime());
    if (
      typeof value === "string" &&
      value.trim() === value &&
      value !== "" &&
      !Number.isNaN(Number(value))
    )
      return double(Number(value));
    throw failure(value, "double");
  },
  decimal: (value: unknown) => {
    if (numberType(value) === "decimal") return value;
    if (typeof value === "boolean")
      return Decimal128.fromString(value ? "1" : "0");
    if (value instanceof Date)
      return Decimal128.fromString(String(value.getTime()));
    if (!isNumber(value) && typeof value !== "string")
      throw failure(value, "decimal");
    try {
      return Decimal128.fromString(String(value));
    } catch {
      throw failure(value, "decimal");
    }
  },
  bool: (value: unknown) => isTrue(value),
  string: (value: unknown) => {
    if (value instanceof Date) return value.toISOString();
    if (isDocument(value) || Array.isArray(value))
      throw failure(value, "string");
    return String(value);
  },
  objectId: (value: unknown) => {
    if (isObjectId(value)) return value;
    if (typeof value === "string" && /^[0-9a-f]{24}$/i.test(value))
      return new ObjectId(value);
    throw failure(value, "objectId");
  },
  date: (value: unknown) => {
    const date = asDate(value);
    if (!date || Number.isNaN(date.getTime())) throw failure(value, "date");
    return date;
  },
  uuid: (value: unknown) => {
    if (typeof value === "string" && UUID.isValid(value))
      return new UUID(value);
    throw failure(value, "uuid");
  },
  /** Not a type: what `$bsonSize` gives. */
  size: (value: unknown) => {
    if (isDocument(value)) return calculateObjectSize(value);
    throw new CommandError(
      31393,
      `$bsonSize requires a document input, found: ${typeOf(value)}`,
    );
  },
};

function asDate(value: unknown): Date | undefined {
  if (value instanceof Date) return value;
  if (isObjectId(value)) return value.getTimestamp();
  if (typeOf(value) === "timestamp")
    return new Date((value as { t: number }).t * 1000);
  if (typeof value === "string" && /^\d{4}-\d\d(-\d\d)?/.test(value)) {
    // Without a zone a date is UTC here, not the machine's local time.
    const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(value) || !value.includes("T");
    return new Date(zoned ? value : `${value}Z`);
  }
  if (isNumber(value) && numberType(value) !== "int")
    return new Date(Math.trunc(toNumber(value)));
  return undefined;
}

const targetsByNumber: Record<number, ConversionTarget> = {
  1: "double",
  2: "string",
  7: "objectId",
  8: "bool",
  9: "date",
  16: "int",
  18: "long",
  19: "decimal",
};
