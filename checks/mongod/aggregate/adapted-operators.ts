import * as mingo from "mingo/operators/expression";
import type { Options } from "mingo/types";
import { double, isNumber, toNumber } from "../bson/numbers.ts";
import { evaluate, type Operator } from "./expression-operator.ts";

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

/** Operators of mingo's, adapted to BSON's numbers and to MongoDB's ways of writing arguments. */
export const adaptedOperators: Record<string, Operator> = Object.fromEntries([
  ...unaries.map((name) => [name, unary(mingo[name])]),
  ...doubles.map((name) => [name, plain(mingo[name], "double")]),
  ...ofBareNumbers.map((name) => [name, plain(mingo[name])]),
]);
