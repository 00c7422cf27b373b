import { Decimal128 } from "bson";
import * as mingo from "mingo/operators/accumulator";
import type { Options } from "mingo/types";
import {
  calculate,
  double,
  isNumber,
  numberType,
  toNumber,
  type BsonNumber,
} from "../bson/numbers.ts";
import { compare, keyOf } from "../bson/order.ts";

type Accumulator = (
  documents: never,
  argument: never,
  options: Options,
) => unknown;

/**
 * The argument's value for each document. As expressions, `$sum` and its kin are handed the
 * values themselves and no argument.
 */
function values(
  documents: never,
  argument: never,
  options: Options,
): unknown[] {
  return mingo.$push(documents, argument, options) as unknown[];
}

const isNull = (value: unknown) => value === null || value === undefined;

/** As an expression, `{ $max: ["$a", "$list"] }` looks into no array but a single one. */
function flattened(list: unknown[], argument: unknown): unknown[] {
  const [only] = list;
  return isNull(argument) && list.length === 1 && Array.isArray(only)
    ? only
    : list;
}

function sum(list: unknown[]): BsonNumber {
  let total: BsonNumber = 0;
  for (const value of list)
    if (isNumber(value))
      total =
        calculate("add", total, value) ??
        double(toNumber(total) + toNumber(value));
  return total;
}

function extreme(direction: 1 | -1): Accumulator {
  return (documents, argument, options) => {
    let best: unknown = null;
    for (const value of flattened(
      values(documents, argument, options),
      argument,
    ))
      if (
        !isNull(value) &&
        (best === null || direction * compare(value, best) > 0)
      )
        best = value;
    return best;
  };
}

/** The accumulators whose results depend on BSON's types. */
export const accumulators = {
  $sum: (documents, argument, options) =>
    sum(flattened(values(documents, argument, options), argument)),
  $avg: (documents, argument, options) => {
    const numbers = flattened(
      values(documents, argument, options),
      argument,
    ).filter(isNumber);
    if (numbers.length === 0) return null;
    const total = sum(numbers);
    return numberType(total) === "decimal"
      ? Decimal128.fromStringWithRounding(
          (toNumber(total) / numbers.length).toPrecision(16),
        )
      : double(toNumber(total) / numbers.length);
  },
  $min: extreme(-1),
  $max: extreme(1),
  $addToSet: (documents, argument, options) => {
    const found = new Map<string, unknown>();
    for (const value of values(documents, argument, options)) {
      const key = keyOf(value);
      if (!found.has(key)) found.set(key, value);
    }
    return [...found.values()];
  },
} satisfies Record<string, Accumulator> as unknown as Record<
  `$${string}`,
  never
>;
