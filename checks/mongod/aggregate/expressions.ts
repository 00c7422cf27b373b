import { Context, evalExpr } from "mingo/core";
import * as mingoAccumulators from "mingo/operators/accumulator";
import * as mingoExpressions from "mingo/operators/expression";
import * as mingoPipeline from "mingo/operators/pipeline";
import * as mingoQuery from "mingo/operators/query";
import * as mingoWindow from "mingo/operators/window";
import type { Options } from "mingo/types";
import type { Collator } from "../bson/order.ts";
import {
  firstKey,
  isDocument,
  isTrue,
  regexParts,
  setField,
  type Document,
} from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { patternOf } from "../query/match-operators.ts";
import { accumulators } from "./accumulators.ts";
import { expressionOperators } from "./expression-operators.ts";

/** What an expression may refer to beside the document it is evaluated for. */
export interface ExpressionContext {
  collator?: Collator;
  /** The variables of a command's `let`, without their `$$`. */
  variables?: Document | undefined;
  /** The documents of another collection of the same database, for `$lookup` and its kin. */
  collection?: (name: string) => Document[];
  /** Ends what takes too long. */
  deadline?: { check(): void };
}

/** Operators of mingo that would not do what MongoDB's do, or that would run JavaScript. */
const notHere = ["$function", "$accumulator", "$toHashedIndexKey", "default"];

function without<T extends object>(operators: T): T {
  return Object.fromEntries(
    Object.entries(operators).filter(([name]) => !notHere.includes(name)),
  ) as T;
}

/**
 * Our operators first, then mingo's: whatever depends on BSON types (comparison, arithmetic,
 * conversion, truth) is ours.
 */
export const operators = Context.init({
  expression: expressionOperators,
  accumulator: accumulators,
})
  .addExpressionOps(without({ ...mingoExpressions }))
  .addAccumulatorOps(without({ ...mingoAccumulators }))
  .addPipelineOps(without({ ...mingoPipeline }))
  .addQueryOps(without({ ...mingoQuery }))
  .addWindowOps(without({ ...mingoWindow }));

const expressionNames = new Set([
  ...Object.keys(expressionOperators),
  ...Object.keys(without({ ...mingoExpressions })),
  ...Object.keys(accumulators),
  ...Object.keys(without({ ...mingoAccumulators })),
]);

/** What mingo is told about a command. */
export function mingoOptions(context: ExpressionContext): Partial<Options> {
  return {
    context: operators,
    scriptEnabled: false,
    ...(context.variables ? { variables: context.variables } : {}),
    ...(context.collection ? { collectionResolver: context.collection } : {}),
  };
}

/**
 * Refuses an expression with an operator that does not exist, before any document is looked at.
 *
 * @throws CommandError 168 (InvalidPipelineOperator), 15983 for two operators in one object
 */
export function checkExpression(expression: unknown): void {
  if (Array.isArray(expression)) return expression.forEach(checkExpression);
  if (!isDocument(expression)) return;
  const name = firstKey(expression);
  if (name?.startsWith("$")) {
    if (Object.keys(expression).length > 1)
      throw new CommandError(
        15983,
        "An object representing an expression must have exactly one field: " +
          Object.keys(expression).join(", "),
      );
    if (notHere.includes(name))
      throw new CommandError(
        "CommandNotSupported",
        `${name} is not supported by the built-in engine`,
      );
    if (!expressionNames.has(name))
      throw new CommandError(
        "InvalidPipelineOperator",
        `Unrecognized expression '${name}'`,
      );
    if (name === "$literal") return;
  }
  Object.values(expression).forEach(checkExpression);
}

/** Errors of mingo as errors of a command. */
export function asExpressionError(error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  if (/undefined variable/.test(error.message))
    return new CommandError(17276, error.message);
  return new CommandError("BadValue", error.message);
}

/**
 * Compiles an aggregation expression; a missing value is undefined.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/
 */
export function compileExpression(
  expression: unknown,
  context: ExpressionContext = {},
): (document: unknown) => unknown {
  checkExpression(expression);
  const options = mingoOptions(context) as Options;
  const readable = withJavaScriptRegexes(expression);
  return (document) => {
    try {
      return evalExpr(document as never, readable as never, options);
    } catch (error) {
      throw asExpressionError(error);
    }
  };
}

/** mingo knows regular expressions only as JavaScript's. */
function withJavaScriptRegexes(expression: unknown): unknown {
  if (Array.isArray(expression)) return expression.map(withJavaScriptRegexes);
  const regex = regexParts(expression);
  if (regex) return patternOf(regex);
  if (!isDocument(expression) || firstKey(expression) === "$literal")
    return expression;
  const copy: Document = {};
  for (const field of Object.keys(expression))
    setField(copy, field, withJavaScriptRegexes(expression[field]));
  return copy;
}

/** An expression as a test, for `$expr`. */
export function expressionTest(
  expression: unknown,
  context: ExpressionContext,
): (document: unknown) => boolean {
  const evaluate = compileExpression(expression, context);
  return (document) => isTrue(evaluate(document));
}

/**
 * The values of a command's `let`: constant expressions, evaluated once.
 *
 * @returns undefined where the command has none
 */
export function letVariables(
  definitions: unknown,
  outer?: Document,
): Document | undefined {
  if (definitions === undefined) return outer;
  if (!isDocument(definitions))
    throw new CommandError("TypeMismatch", "'let' must be an object");
  const variables: Document = { ...outer };
  for (const [name, expression] of Object.entries(definitions)) {
    if (!/^[a-z\u0080-\uffff][\w\u0080-\uffff]*$/.test(name))
      throw new CommandError(
        "FailedToParse",
        `'${name}' starts with an invalid character for a user variable name`,
      );
    variables[name] = compileExpression(expression, {
      variables: { ...outer },
    })({});
  }
  return variables;
}
