import { isNumber, numberType, toBigInt, toNumber } from "../bson/numbers.ts";
import {
  compare,
  equal,
  keyOf,
  rank,
  rankOf,
  type Collator,
} from "../bson/order.ts";
import { typeTest } from "../bson/types.ts";
import {
  bsonClass,
  bytesOf,
  isOperators,
  missing,
  regexParts,
} from "../bson/values.ts";
import { CommandError } from "../errors.ts";

export type ValueTest = (value: unknown) => boolean;

interface OperatorTest {
  test: ValueTest;
  /** Whether an array matches when one of its elements does. */
  elements: boolean;
}

type MakeTest = (
  argument: unknown,
  whole: Record<string, unknown>,
  collator: Collator,
) => OperatorTest;

const onElements = (test: ValueTest): OperatorTest => ({
  test,
  elements: true,
});
const onWhole = (test: ValueTest): OperatorTest => ({ test, elements: false });

function bad(message: string): CommandError {
  return new CommandError("BadValue", message);
}

const isNull: ValueTest = (value) =>
  value === null || value === undefined || value === missing;

/** Equality as queries mean it: null also finds a missing field. */
export function equals(wanted: unknown, collator?: Collator): ValueTest {
  if (isNull(wanted)) return isNull;
  if (typeof wanted === "string" && !collator)
    return (value) =>
      value === wanted ||
      (bsonClass(value) === "BSONSymbol" && String(value) === wanted);
  return (value) => value !== missing && equal(value, wanted, collator);
}

function inequality(accept: (order: number) => boolean): MakeTest {
  return (bound, _whole, collator) => {
    if (isNull(bound)) return onElements((value) => isNull(value) && accept(0));
    const type = rankOf(bound);
    if (type === rank.minKey || type === rank.maxKey)
      return onElements((value) => accept(compare(value, bound)));
    // Values of other types, and NaN against numbers, never compare.
    const nan = Number.isNaN(type === rank.number ? toNumber(bound) : 0);
    return onElements(
      (value) =>
        rankOf(value) === type &&
        !isNull(value) &&
        (type !== rank.number || Number.isNaN(toNumber(value)) === nan) &&
        accept(compare(value, bound, collator)),
    );
  };
}

/** Syntax of PCRE that JavaScript would refuse unclearly or read as something else. */
const onlyPcre = /\\[AZzGQEKRXhHv]|\(\?(?:[#>P|R&+-]|\d)|[*+?}]\+/;
const posixClass = /\[:\w+:\]/;

function beyondJavaScript(pattern: string): string | undefined {
  const bare = pattern
    .replace(/\\[^A-Za-z]/g, "")
    .replace(/\[(?:\\.|[^\]\\])*\]/g, "");
  return (posixClass.exec(pattern) ?? onlyPcre.exec(bare))?.[0];
}

/**
 * A regular expression as JavaScript understands it. The options i, m, s, u and x and a leading
 * `(?i)` are carried over; PCRE's further syntax is refused by the message of JavaScript.
 *
 * @throws CommandError 51091 where it is no valid expression
 */
export function patternOf(
  parts: { pattern: string; options: string },
  options = parts.options,
): RegExp {
  let { pattern } = parts;
  let flags = options;
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  if (inline) {
    pattern = pattern.slice(inline[0].length);
    flags += inline[1];
  }
  const unknown = /[^imsxu]/.exec(flags);
  if (unknown)
    throw new CommandError(
      51108,
      `invalid flag in regex options: ${unknown[0]}`,
    );
  if (flags.includes("x"))
    pattern = pattern.replace(/\\[\s#]|\s+|#.*$/gm, (part) =>
      part.startsWith("\\") ? part : "",
    );
  const beyond = beyondJavaScript(pattern);
  if (beyond)
    throw new CommandError(
      51091,
      `Regular expression is invalid: '${beyond}' is not supported by the built-in engine`,
    );
  const kept = [...new Set(flags)].filter((flag) => "ims".includes(flag));
  if (/[\ud800-\udfff]|\\p\{/.test(pattern)) kept.push("u");
  try {
    return new RegExp(pattern, kept.join(""));
  } catch (error) {
    throw new CommandError(
      51091,
      `Regular expression is invalid: ${(error as Error).message}`,
    );
  }
}

/** A string that the expression finds, or the same expression stored as a value. */
export function matchesRegex(regex: RegExp): ValueTest {
  return (value) => {
    if (typeof value === "string") return regex.test(value);
    return regexParts(value)?.pattern === regex.source;
  };
}

const regexOperator: MakeTest = (argument, whole) => {
  const options = whole.$options;
  if (options !== undefined && typeof options !== "string")
    throw bad("$options has to be a string");
  const parts =
    typeof argument === "string"
      ? { pattern: argument, options: "" }
      : regexParts(argument);
  if (!parts) throw bad("$regex has to be a string");
  if (options !== undefined && parts.options)
    throw new CommandError(51075, "options set in both $regex and $options");
  return onElements(matchesRegex(patternOf(parts, options ?? parts.options)));
};

const inOperator: MakeTest = (argument, _whole, collator) => {
  if (!Array.isArray(argument)) throw bad("$in needs an array");
  if (argument.some(isOperators)) throw bad("cannot nest $ under $in");
  const regexes = argument.flatMap((entry) => {
    const parts = regexParts(entry);
    return parts ? [matchesRegex(patternOf(parts))] : [];
  });
  const withNull = argument.some(isNull);
  const keys = new Set(argument.map(keyOf));
  return onElements((value) => {
    if (isNull(value)) return withNull;
    if (
      collator
        ? argument.some((entry) => equal(entry, value, collator))
        : keys.has(keyOf(value))
    )
      return true;
    return regexes.some((regex) => regex(value));
  });
};

const mod: MakeTest = (argument) => {
  if (!Array.isArray(argument))
    throw bad("malformed mod, needs to be an array");
  if (argument.length < 2) throw bad("malformed mod, not enough elements");
  if (argument.length > 2) throw bad("malformed mod, too many elements");
  const [divisor, remainder] = argument.map(truncated);
  if (divisor === undefined)
    throw bad("malformed mod, divisor is not a number");
  if (remainder === undefined)
    throw bad("malformed mod, remainder is not a number");
  if (divisor === 0n) throw bad("divisor cannot be 0");
  return onElements((value) => {
    const number = truncated(value);
    return number !== undefined && number % divisor === remainder;
  });
};

function truncated(value: unknown): bigint | undefined {
  if (!isNumber(value)) return undefined;
  const whole = toBigInt(value);
  if (whole !== undefined) return whole;
  const number = Math.trunc(toNumber(value));
  return Number.isFinite(number) ? BigInt(number) : undefined;
}

function bits(accept: (found: bigint, mask: bigint) => boolean): MakeTest {
  return (argument) => {
    const mask = bitMask(argument);
    return onElements((value) => {
      const number =
        bsonClass(value) === "Binary" ? bytesAsNumber(value) : toBigInt(value);
      if (
        number === undefined ||
        !(isNumber(value) || bsonClass(value) === "Binary")
      )
        return false;
      return accept(BigInt.asUintN(64, number) & mask, mask);
    });
  };
}

function bitMask(argument: unknown): bigint {
  if (Array.isArray(argument))
    return argument.reduce<bigint>((mask, position) => {
      const bit = toBigInt(position);
      if (bit === undefined || bit < 0n)
        throw bad("bit positions must be an integer >= 0");
      return mask | (1n << bit);
    }, 0n);
  if (bsonClass(argument) === "Binary") return bytesAsNumber(argument);
  const mask = numberType(argument) ? toBigInt(argument) : undefined;
  if (mask === undefined || mask < 0n)
    throw bad(
      "the argument must be a number, a binData or an array of bit positions",
    );
  return mask;
}

function bytesAsNumber(value: unknown): bigint {
  return bytesOf(value).reduceRight(
    (sum, byte) => (sum << 8n) | BigInt(byte),
    0n,
  );
}

/** The query operators that look at one value. Negations and `$elemMatch` are in match.ts. */
export const operators: Record<string, MakeTest> = {
  $eq: (argument, _whole, collator) => {
    const parts = regexParts(argument);
    return onElements(
      parts
        ? (value) => regexParts(value) !== undefined && equal(value, argument)
        : equals(argument, collator),
    );
  },
  $gt: inequality((order) => order > 0),
  $gte: inequality((order) => order >= 0),
  $lt: inequality((order) => order < 0),
  $lte: inequality((order) => order <= 0),
  $in: inOperator,
  $exists: () => onWhole((value) => value !== missing),
  $type: (argument) => onElements(typeTest(argument)),
  $size: (argument) => {
    const size = isNumber(argument) ? toNumber(argument) : NaN;
    if (!Number.isInteger(size))
      throw bad(
        `Failed to parse $size. Expected an integer: $size: ${String(argument)}`,
      );
    if (size < 0)
      throw bad(
        `Failed to parse $size. Expected a non-negative number in: $size: ${size}`,
      );
    return onWhole((value) => Array.isArray(value) && value.length === size);
  },
  $mod: mod,
  $regex: regexOperator,
  $bitsAllSet: bits((found, mask) => found === mask),
  $bitsAnySet: bits((found) => found !== 0n),
  $bitsAllClear: bits((found) => found === 0n),
  $bitsAnyClear: bits((found, mask) => found !== mask),
};
