import { Long } from "bson";
import {
  calculate,
  double,
  integer,
  isNumber,
  numberType,
  toNumber,
  type BsonNumber,
} from "../bson/numbers.ts";
import { typeOf } from "../bson/types.ts";
import { CommandError } from "../errors.ts";
import { onValues, isNull, type Operator } from "./expression-operator.ts";

function listOf(values: unknown[]): unknown[] {
  const [first] = values;
  return values.length === 1 && Array.isArray(first) ? first : values;
}

/** `$add` and `$multiply`; a date and numbers add up to a date. */
function reduction(name: "$add" | "$multiply"): Operator {
  const operation = name === "$add" ? "add" : "multiply";
  return onValues((values) => {
    let total: BsonNumber = name === "$add" ? 0 : 1;
    let date = false;
    for (let value of listOf(values)) {
      if (isNull(value)) return null;
      if (value instanceof Date && name === "$add") {
        if (date)
          throw new CommandError(
            16612,
            "only one date allowed in an $add expression",
          );
        date = true;
        value = integer(BigInt(value.getTime()));
      }
      if (!isNumber(value))
        throw new CommandError(
          "TypeMismatch",
          `${name} only supports numeric${name === "$add" ? " or date" : ""} types, not ${typeOf(value)}`,
        );
      total =
        calculate(operation, total, value) ??
        double(widened(operation, total, value));
    }
    return date ? new Date(toNumber(total)) : total;
  });
}

/** What becomes of a long that overflows in an expression: a double. */
function widened(operation: string, a: BsonNumber, b: BsonNumber): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (operation === "multiply") return x * y;
  return operation === "add" ? x + y : x - y;
}

const subtract = onValues(
  ([a, b]) => {
    if (isNull(a) || isNull(b)) return null;
    if (a instanceof Date) {
      if (b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
      if (isNumber(b)) return new Date(a.getTime() - toNumber(b));
    }
    if (!isNumber(a) || !isNumber(b))
      throw new CommandError(
        "TypeMismatch",
        `can't $subtract ${typeOf(b)} from ${typeOf(a)}`,
      );
    return calculate("subtract", a, b) ?? double(widened("subtract", a, b));
  },
  "$subtract",
  2,
);

const divide = onValues(
  ([a, b]) => {
    if (isNull(a) || isNull(b)) return null;
    if (!isNumber(a) || !isNumber(b))
      throw new CommandError(
        "TypeMismatch",
        `$divide only supports numeric types, not ${typeOf(a)} and ${typeOf(b)}`,
      );
    if (toNumber(b) === 0)
      throw new CommandError("BadValue", "can't $divide by zero");
    return double(toNumber(a) / toNumber(b));
  },
  "$divide",
  2,
);

const mod = onValues(
  ([a, b]) => {
    if (isNull(a) || isNull(b)) return null;
    if (!isNumber(a) || !isNumber(b))
      throw new CommandError(
        "TypeMismatch",
        `$mod only supports numeric types, not ${typeOf(a)} and ${typeOf(b)}`,
      );
    if (toNumber(b) === 0) throw new CommandError(16610, "can't $mod by zero");
    return sameType([a, b], toNumber(a) % toNumber(b));
  },
  "$mod",
  2,
);

/** A result of the widest type among the operands. */
function sameType(operands: BsonNumber[], result: number): BsonNumber {
  const types = operands.map(numberType);
  if (
    types.includes("double") ||
    types.includes("decimal") ||
    !Number.isInteger(result)
  )
    return double(result);
  const whole = BigInt(result);
  return types.includes("long") ? Long.fromBigInt(whole) : integer(whole);
}

/** `$abs`, `$ceil` and `$floor`: the result keeps its operand's type. */
function rounding(name: string, round: (value: number) => number): Operator {
  return onValues(
    ([value]) => {
      if (isNull(value)) return null;
      if (!isNumber(value))
        throw new CommandError(
          28765,
          `${name} only supports numeric types, not ${typeOf(value)}`,
        );
      return sameType([value], round(toNumber(value)));
    },
    name,
    1,
  );
}

/**
 * Arithmetic that keeps to BSON's types.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/#arithmetic-expression-operators
 */
export const arithmeticOperators: Record<string, Operator> = {
  $add: reduction("$add"),
  $multiply: reduction("$multiply"),
  $subtract: subtract,
  $divide: divide,
  $mod: mod,
  $abs: rounding("$abs", Math.abs),
  $ceil: rounding("$ceil", Math.ceil),
  $floor: rounding("$floor", Math.floor),
};
