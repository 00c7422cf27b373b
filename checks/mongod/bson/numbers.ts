import { Decimal128, Double, Long } from "bson";
import { CommandError } from "../errors.ts";
import { bsonClass } from "./values.ts";

/** A BSON number of any of its four types; see values.ts for what a bare number stands for. */
export type BsonNumber = number | Double | Long | Decimal128;
export type NumberType = "int" | "long" | "double" | "decimal";

const minLong = -(2n ** 63n);
const maxLong = 2n ** 63n - 1n;

/** Whether the `bson` package would write this bare number as a 32-bit integer. */
function isInt(value: number): boolean {
  return (value | 0) === value && !Object.is(value, -0);
}

/** The BSON type of a number; undefined for whatever is none. */
export function numberType(value: unknown): NumberType | undefined {
  if (typeof value === "number") return isInt(value) ? "int" : "double";
  if (typeof value === "bigint") return "long";
  switch (bsonClass(value)) {
    case "Int32":
      return "int";
    case "Double":
      return "double";
    case "Long":
      return "long";
    case "Decimal128":
      return "decimal";
    default:
      return undefined;
  }
}

export function isNumber(value: unknown): value is BsonNumber {
  return numberType(value) !== undefined;
}

/** A number as the nearest JavaScript number; NaN for what is no number. */
export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  switch (bsonClass(value)) {
    case "Int32":
    case "Double":
      return (value as Double).value;
    case "Long":
      return (value as Long).toNumber();
    case "Decimal128":
      return Number(String(value));
    default:
      return NaN;
  }
}

/** A double of this value, whole or not. */
export function double(value: number): number | Double {
  return isInt(value) ? new Double(value) : value;
}

/** A whole number as an int where it fits and as a long where it does not. */
export function integer(value: bigint): number | Long {
  const asNumber = Number(value);
  return isInt(asNumber) ? asNumber : Long.fromBigInt(value);
}

/** A whole number as a bigint, exactly; undefined for fractions, NaN and the infinities. */
export function toBigInt(value: unknown): bigint | undefined {
  if (bsonClass(value) === "Long") return (value as Long).toBigInt();
  if (bsonClass(value) === "Decimal128") {
    const exact = exactly(value as Decimal128);
    return exact && exact.scale === 0 ? exact.digits : undefined;
  }
  const number = toNumber(value);
  return Number.isInteger(number) ? BigInt(number) : undefined;
}

/** digits / 10^scale, without trailing zeros. */
interface Exact {
  digits: bigint;
  scale: number;
}

function reduced(digits: bigint, scale: number): Exact {
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return scale < 0
    ? { digits: digits * 10n ** BigInt(-scale), scale: 0 }
    : { digits, scale };
}

/** The exact value of any finite number; undefined for NaN and the infinities. */
function exactly(value: BsonNumber): Exact | undefined {
  if (bsonClass(value) === "Long")
    return { digits: (value as Long).toBigInt(), scale: 0 };
  if (bsonClass(value) === "Decimal128") {
    const parts = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(String(value));
    if (!parts) return undefined;
    const [, sign, whole = "", fraction = "", exponent = "0"] = parts;
    const digits = BigInt(`${sign}${whole}${fraction}`);
    return digits === 0n
      ? { digits, scale: 0 }
      : reduced(digits, fraction.length - Number(exponent));
  }
  const number = toNumber(value);
  if (!Number.isFinite(number)) return undefined;
  if (Number.isInteger(number)) return { digits: BigInt(number), scale: 0 };
  // A double is m / 2^k, which is m * 5^k / 10^k.
  let halvings = 0;
  let mantissa = number;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    halvings++;
  }
  return reduced(BigInt(mantissa) * 5n ** BigInt(halvings), halvings);
}

/** Below zero, zero or above zero; NaN comes first and equals itself, as in BSON order. */
export function compareNumbers(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number" && a === a && b === b)
    return a < b ? -1 : a > b ? 1 : 0;
  const x = toNumber(a);
  const y = toNumber(b);
  if (x !== x || y !== y) return x === x ? 1 : y === y ? -1 : 0;
  if (x !== y) return x < y ? -1 : 1;
  // Equal as doubles: longs and decimals may still differ beyond a double's precision.
  if (typeof a === "number" && typeof b === "number") return 0;
  const exactA = exactly(a as BsonNumber);
  const exactB = exactly(b as BsonNumber);
  if (!exactA || !exactB) return 0;
  const scale = Math.max(exactA.scale, exactB.scale);
  const m = exactA.digits * 10n ** BigInt(scale - exactA.scale);
  const n = exactB.digits * 10n ** BigInt(scale - exactB.scale);
  return m < n ? -1 : m > n ? 1 : 0;
}

/** A string that two numbers share exactly when they are equal, whatever their types. */
export function numberKey(value: unknown): string {
  if (bsonClass(value) === "Decimal128") {
    const exact = exactly(value as Decimal128);
    if (!exact) return String(toNumber(value));
    if (exact.scale === 0) return String(exact.digits);
    const nearest = toNumber(value);
    return compareNumbers(nearest, value) === 0
      ? String(nearest)
      : `${exact.digits}/${exact.scale}`;
  }
  if (typeof value === "number" && Number.isSafeInteger(value))
    return value === 0 ? "0" : String(value);
  return String(toBigInt(value) ?? toNumber(value));
}

type Arithmetic = "add" | "subtract" | "multiply";

/**
 * Adds, subtracts or multiplies as mongod does: the result has the widest type of the two (int,
 * long, double, decimal); an int that overflows becomes a long; a long that overflows is
 * undefined, because update operators refuse it and expressions go on with a double.
 */
export function calculate(
  operation: Arithmetic,
  a: BsonNumber,
  b: BsonNumber,
): BsonNumber | undefined {
  const types = [numberType(a), numberType(b)];
  if (types.includes("decimal")) return calculateDecimals(operation, a, b);
  if (types.includes("double")) {
    const [x, y] = [toNumber(a), toNumber(b)];
    if (operation === "add") return double(x + y);
    return double(operation === "subtract" ? x - y : x * y);
  }
  const [x, y] = [toBigInt(a) ?? 0n, toBigInt(b) ?? 0n];
  const result =
    operation === "add" ? x + y : operation === "subtract" ? x - y : x * y;
  if (result < minLong || result > maxLong) return undefined;
  return types.includes("long") ? Long.fromBigInt(result) : integer(result);
}

function calculateDecimals(
  operation: Arithmetic,
  a: BsonNumber,
  b: BsonNumber,
): Decimal128 {
  const x = exactDecimal(a);
  const y = exactDecimal(b);
  if (!x || !y) {
    const [p, q] = [toNumber(a), toNumber(b)];
    const result =
      operation === "add" ? p + q : operation === "subtract" ? p - q : p * q;
    return Decimal128.fromString(String(result));
  }
  if (operation === "multiply")
    return decimal({ digits: x.digits * y.digits, scale: x.scale + y.scale });
  const scale = Math.max(x.scale, y.scale);
  const m = x.digits * 10n ** BigInt(scale - x.scale);
  const n = y.digits * 10n ** BigInt(scale - y.scale);
  return decimal({ digits: operation === "add" ? m + n : m - n, scale });
}

/** A double takes part in decimal arithmetic with its 15 significant digits, as in mongod. */
function exactDecimal(value: BsonNumber): Exact | undefined {
  if (bsonClass(value) === "Decimal128") {
    // Kept with its trailing zeros, so that 1.10 + 1.10 is 2.20.
    const parts = /^(-?\d+)(?:\.(\d+))?$/.exec(String(value));
    if (!parts) return exactly(value);
    const [, whole = "", fraction = ""] = parts;
    return { digits: BigInt(whole + fraction), scale: fraction.length };
  }
  if (numberType(value) !== "double") return exactly(value);
  const number = toNumber(value);
  return Number.isFinite(number)
    ? exactly(Decimal128.fromString(number.toPrecision(15)))
    : undefined;
}

function decimal({ digits, scale }: Exact): Decimal128 {
  return Decimal128.fromStringWithRounding(`${digits}E-${scale}`);
}

/**
 * A whole number that a command was given, such as a limit.
 *
 * @throws CommandError with code 9 for a fraction, 14 for what is no number
 */
export function wholeNumber(value: unknown, name: string): number {
  if (!isNumber(value))
    throw new CommandError("TypeMismatch", `${name} must be a number`);
  const number = toNumber(value);
  if (!Number.isInteger(number))
    throw new CommandError(
      "FailedToParse",
      `Expected an integer: ${name}: ${String(value)}`,
    );
  return number;
}
