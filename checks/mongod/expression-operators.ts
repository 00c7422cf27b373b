import { Long } from "bson";
import { evalExpr } from "mingo/core";
import * as mingo from "mingo/operators/expression";
import type { Options } from "mingo/types";
import { convert, type ConversionTarget } from "./convert.ts";
import { CommandError } from "./errors.ts";
import {
  calculate,
  double,
  integer,
  isNumber,
  numberType,
  toNumber,
  type BsonNumber,
} from "./numbers.ts";
import { compare, equal } from "./order.ts";
import { sorter } from "./sort.ts";
import { typeOf } from "./types.ts";
import { isDocument, isTrue, type Document } from "./values.ts";

/** An operator as mingo calls it: with the document, the argument as written, and its options. */
type Operator = (document: never, argument: never, options: Options) => unknown;

const evaluate = (document: unknown, argument: unknown, options: Options) =>
  evalExpr(document as never, argument as never, options);

/** An operator of evaluated arguments; one argument may be written without its array. */
function onValues(
  compute: (values: unknown[], name: string) => unknown,
  name = "",
  count?: number,
): Operator {
  return (document, argument, options) => {
    const list = Array.isArray(argument) ? argument : [argument];
    if (count !== undefined && list.length !== count)
      throw new CommandError(
        16020,
        `Expression ${name} takes exactly ${count} arguments. ${list.length} were passed in.`,
      );
    const values = Array.isArray(argument)
      ? (argument as unknown[]).map((entry) =>
          evaluate(document, entry, options),
        )
      : [evaluate(document, argument, options)];
    return compute(values, name);
  };
}

const isNull = (value: unknown) => value === null || value === undefined;

/** In expressions a missing value sorts before null, unlike in queries. */
function compareWithMissing(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined)
    return Number(a !== undefined) - Number(b !== undefined);
  return compare(a, b);
}

function comparison(
  name: string,
  accept: (order: number) => unknown,
): Operator {
  return onValues(([a, b]) => accept(compareWithMissing(a, b)), name, 2);
}

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

type MingoOperator = (
  document: unknown,
  argument: unknown,
  options: Options,
) => unknown;

/** One of mingo's operators of numbers, given bare numbers. */
function plain(
  operator: unknown,
  result: "double" | "as is" = "as is",
): Operator {
  const run = operator as MingoOperator;
  return (document, argument: unknown, options) => {
    const outcome = run(
      document,
      bareLiterals(document, unwrapped(argument), options),
      options,
    );
    return result === "double" && typeof outcome === "number"
      ? double(outcome)
      : outcome;
  };
}

/** The arguments, evaluated. mingo looks whether it was given a list before it evaluates it. */
function bareLiterals(
  document: unknown,
  argument: unknown,
  options: Options,
): unknown {
  const literal = (entry: unknown) => ({
    $literal: bare(evaluate(document, entry, options)),
  });
  return Array.isArray(argument) ? argument.map(literal) : literal(argument);
}

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  return isNumber(value) ? toNumber(value) : value;
}

/** The argument of an operator that takes one, which may stand in an array. */
function unwrapped(argument: unknown): unknown {
  return Array.isArray(argument) && argument.length === 1
    ? argument[0]
    : argument;
}

/** One of mingo's operators of one argument. */
function unary(operator: unknown): Operator {
  const run = operator as MingoOperator;
  return (document, argument: unknown, options) =>
    run(document, unwrapped(argument), options);
}

const unaries = [
  "$size",
  "$reverseArray",
  "$isArray",
  "$strLenCP",
  "$strLenBytes",
  "$toUpper",
  "$toLower",
  "$objectToArray",
  "$arrayToObject",
  "$first",
  "$last",
  "$allElementsTrue",
  "$anyElementTrue",
  "$year",
  "$month",
  "$week",
  "$dayOfMonth",
  "$dayOfWeek",
  "$dayOfYear",
  "$hour",
  "$minute",
  "$second",
  "$millisecond",
  "$isoWeek",
  "$isoWeekYear",
  "$isoDayOfWeek",
] as const;

const doubles = [
  "$sqrt",
  "$exp",
  "$ln",
  "$log",
  "$log10",
  "$sin",
  "$cos",
  "$tan",
  "$asin",
  "$acos",
  "$atan",
  "$atan2",
  "$sinh",
  "$cosh",
  "$tanh",
  "$asinh",
  "$acosh",
  "$atanh",
  "$degreesToRadians",
  "$radiansToDegrees",
] as const;

const ofBareNumbers = [
  "$pow",
  "$round",
  "$trunc",
  "$range",
  "$slice",
  "$arrayElemAt",
  "$substr",
  "$substrBytes",
  "$substrCP",
] as const;

const condition: Operator = (document, argument: unknown, options) => {
  const parts = isDocument(argument)
    ? [argument.if, argument.then, argument.else]
    : argument;
  if (!Array.isArray(parts) || parts.length !== 3)
    throw new CommandError(
      16020,
      "Expression $cond takes exactly 3 arguments.",
    );
  const [test, yes, no] = parts as unknown[];
  return evaluate(
    document,
    isTrue(evaluate(document, test, options)) ? yes : no,
    options,
  );
};

const choice: Operator = (document, argument: Document, options) => {
  const branches = Array.isArray(argument.branches) ? argument.branches : [];
  if (branches.length === 0)
    throw new CommandError(40068, "$switch requires at least one branch.");
  for (const branch of branches as Document[])
    if (isTrue(evaluate(document, branch.case, options)))
      return evaluate(document, branch.then, options);
  if (!("default" in argument))
    throw new CommandError(
      40066,
      "$switch could not find a matching branch for an input, and no default was specified.",
    );
  return evaluate(document, argument.default, options);
};

function conversion(target: ConversionTarget): Operator {
  return onValues(([value]) => (isNull(value) ? null : convert(value, target)));
}

const convertOperator: Operator = (document, argument: Document, options) => {
  const value = evaluate(document, argument.input, options);
  if (isNull(value))
    return evaluate(document, argument.onNull ?? null, options);
  const to = evaluate(document, argument.to, options);
  const type = isDocument(to) ? to.type : to;
  try {
    return convert(value, type);
  } catch (error) {
    if (!("onError" in argument)) throw error;
    return evaluate(document, argument.onError, options);
  }
};

const sortArray: Operator = (document, argument: Document, options) => {
  const input = evaluate(document, argument.input, options);
  if (isNull(input)) return null;
  if (!Array.isArray(input))
    throw new CommandError(
      2942504,
      `The input argument to $sortArray must be an array, but was of type: ${typeOf(input)}`,
    );
  if (isDocument(argument.sortBy)) return sorter(argument.sortBy)(input);
  const direction = toNumber(argument.sortBy);
  return [...input].sort((a, b) => direction * compare(a, b));
};

/** The expression operators whose behaviour depends on BSON's types. */
export const expressionOperators = {
  $cmp: comparison("$cmp", Math.sign),
  $eq: comparison("$eq", (order) => order === 0),
  $ne: comparison("$ne", (order) => order !== 0),
  $gt: comparison("$gt", (order) => order > 0),
  $gte: comparison("$gte", (order) => order >= 0),
  $lt: comparison("$lt", (order) => order < 0),
  $lte: comparison("$lte", (order) => order <= 0),
  $and: onValues((values) => values.every(isTrue)),
  $or: onValues((values) => values.some(isTrue)),
  $not: onValues(([value]) => !isTrue(value)),
  $cond: condition,
  $switch: choice,
  $add: reduction("$add"),
  $multiply: reduction("$multiply"),
  $subtract: subtract,
  $divide: divide,
  $mod: mod,
  $abs: rounding("$abs", Math.abs),
  $ceil: rounding("$ceil", Math.ceil),
  $floor: rounding("$floor", Math.floor),
  ...Object.fromEntries(unaries.map((name) => [name, unary(mingo[name])])),
  ...Object.fromEntries(
    doubles.map((name) => [name, plain(mingo[name], "double")]),
  ),
  ...Object.fromEntries(
    ofBareNumbers.map((name) => [name, plain(mingo[name])]),
  ),
  $in: onValues(
    ([value, list]) => {
      if (!Array.isArray(list))
        throw new CommandError(
          40081,
          `$in requires an array as a second argument, found: ${typeOf(list)}`,
        );
      return list.some((entry) => equal(entry, value));
    },
    "$in",
    2,
  ),
  $indexOfArray: onValues(([list, value, from = 0, to = Infinity]) => {
    if (isNull(list)) return null;
    if (!Array.isArray(list))
      throw new CommandError(
        40090,
        `$indexOfArray requires an array as a first argument, found: ${typeOf(list)}`,
      );
    return list.findIndex(
      (entry, i) =>
        i >= toNumber(from) && i < toNumber(to) && equal(entry, value),
    );
  }),
  $sortArray: sortArray,
  $type: onValues(([value]) => typeOf(value)),
  $isNumber: onValues(([value]) => isNumber(value)),
  $convert: convertOperator,
  $toBool: conversion("bool"),
  $toDate: conversion("date"),
  $toDecimal: conversion("decimal"),
  $toDouble: conversion("double"),
  $toInt: conversion("int"),
  $toLong: conversion("long"),
  $toObjectId: conversion("objectId"),
  $toString: conversion("string"),
  $bsonSize: onValues(([value]) =>
    isNull(value) ? null : convert(value, "size"),
  ),
} as unknown as Record<`$${string}`, never>;
