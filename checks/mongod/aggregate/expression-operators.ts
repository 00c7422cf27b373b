import { isNumber, toNumber } from "../bson/numbers.ts";
import { compare, equal } from "../bson/order.ts";
import { typeOf } from "../bson/types.ts";
import { isDocument, isTrue, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { sorter } from "../query/sort.ts";
import { adaptedOperators } from "./adapted-operators.ts";
import { arithmeticOperators } from "./arithmetic.ts";
import { convert, type ConversionTarget } from "./convert.ts";
import {
  evaluate,
  isNull,
  onValues,
  type Operator,
} from "./expression-operator.ts";

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

/** One argument may be written without its array. */
const listed = (argument: unknown): unknown[] =>
  Array.isArray(argument) ? argument : [argument];

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
const operators: Record<string, Operator> = {
  $cmp: comparison("$cmp", Math.sign),
  $eq: comparison("$eq", (order) => order === 0),
  $ne: comparison("$ne", (order) => order !== 0),
  $gt: comparison("$gt", (order) => order > 0),
  $gte: comparison("$gte", (order) => order >= 0),
  $lt: comparison("$lt", (order) => order < 0),
  $lte: comparison("$lte", (order) => order <= 0),
  $and: (document, argument: unknown, options) =>
    listed(argument).every((entry) =>
      isTrue(evaluate(document, entry, options)),
    ),
  $or: (document, argument: unknown, options) =>
    listed(argument).some((entry) =>
      isTrue(evaluate(document, entry, options)),
    ),
  $not: onValues(([value]) => !isTrue(value)),
  $cond: condition,
  $switch: choice,
  ...arithmeticOperators,
  ...adaptedOperators,
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
};

/** In the type under which mingo takes them. */
export const expressionOperators = operators as unknown as Record<
  `$${string}`,
  never
>;
