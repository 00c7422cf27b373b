import {
  expressionTest,
  type ExpressionContext,
} from "../aggregate/expressions.ts";
import { toNumber } from "../bson/numbers.ts";
import { pathOf, visitPath, type Path } from "../bson/paths.ts";
import {
  isDocument,
  isOperators,
  isTrue,
  regexParts,
  type Document,
} from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import {
  equals,
  matchesRegex,
  operators,
  patternOf,
  type ValueTest,
} from "./match-operators.ts";
import { compileSchema } from "./schema.ts";

export type DocumentTest = (document: unknown) => boolean;

/** What a query depends on beside itself: the collation and the variables of `let`. */
export interface MatchContext extends ExpressionContext {
  /** Inside `$elemMatch`, an element that is an array is one value and not looked into. */
  single?: boolean;
}

/**
 * Compiles a query filter.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/query/
 * @throws CommandError 2 (BadValue) and others, when the filter is compiled, never when it runs
 */
export function compileFilter(
  filter: unknown,
  context: MatchContext = {},
): DocumentTest {
  if (!isDocument(filter))
    throw new CommandError(
      "TypeMismatch",
      "Expected field filter to be of type object",
    );
  const tests = Object.entries(filter).map(([key, operand]) =>
    key.startsWith("$")
      ? topLevelTest(key, operand, context)
      : fieldTest(pathOf(key), operand, context),
  );
  return all(tests);
}

function all(tests: DocumentTest[]): DocumentTest {
  const [first] = tests;
  if (tests.length === 1 && first) return first;
  return (document) => {
    for (const test of tests) if (!test(document)) return false;
    return true;
  };
}

/** Operators that exist in MongoDB and not here: refused by name rather than as unknown. */
const notHere = new Set([
  "$where",
  "$text",
  "$near",
  "$nearSphere",
  "$geoWithin",
  "$geoIntersects",
  "$within",
]);

function refuse(operator: string): never {
  if (notHere.has(operator))
    throw new CommandError(
      "CommandNotSupported",
      `${operator} is not supported by the built-in engine`,
    );
  throw new CommandError("BadValue", `unknown operator: ${operator}`);
}

function topLevelTest(
  operator: string,
  operand: unknown,
  context: MatchContext,
): DocumentTest {
  switch (operator) {
    case "$and":
      return all(clauses(operator, operand, context));
    case "$or": {
      const tests = clauses(operator, operand, context);
      return (document) => tests.some((test) => test(document));
    }
    case "$nor": {
      const tests = clauses(operator, operand, context);
      return (document) => !tests.some((test) => test(document));
    }
    case "$expr":
      return expressionTest(operand, context);
    case "$jsonSchema": {
      const check = compileSchema(operand);
      return (document) => check(document) === undefined;
    }
    case "$comment":
      return () => true;
    case "$alwaysTrue":
      return () => true;
    case "$alwaysFalse":
      return () => false;
    case "$sampleRate": {
      const rate = toNumber(operand);
      return () => Math.random() < rate;
    }
  }
  if (notHere.has(operator)) refuse(operator);
  throw new CommandError(
    "BadValue",
    `unknown top level operator: ${operator}. If you have a field name that starts with a '$' ` +
      "symbol, consider using $getField or $setField.",
  );
}

function clauses(operator: string, operand: unknown, context: MatchContext) {
  if (!Array.isArray(operand) || operand.length === 0)
    throw new CommandError("BadValue", `${operator} must be a nonempty array`);
  return operand.map((clause) => {
    if (!isDocument(clause))
      throw new CommandError(
        "BadValue",
        `${operator} argument's entries must be objects`,
      );
    return compileFilter(clause, context);
  });
}

function fieldTest(
  path: Path,
  operand: unknown,
  context: MatchContext,
): DocumentTest {
  if (!isOperators(operand)) {
    const pattern = regexParts(operand);
    return (context.single ? wholeValue : anyValue)(
      path,
      pattern
        ? matchesRegex(patternOf(pattern))
        : equals(operand, context.collator),
    );
  }
  return all(
    Object.entries(operand).map(([operator, argument]) =>
      operatorTest(path, operator, argument, operand, context),
    ),
  );
}

/** The test holds for what the path reaches or for an element of it, as most operators ask. */
function anyValue(path: Path, test: ValueTest): DocumentTest {
  return (document) =>
    visitPath(document, path, (value) => {
      if (test(value)) return true;
      if (Array.isArray(value))
        for (const element of value) if (test(element)) return true;
      return false;
    });
}

/** The test holds for what the path reaches, an array as a whole. */
function wholeValue(path: Path, test: ValueTest): DocumentTest {
  return (document) => visitPath(document, path, test);
}

function not(test: DocumentTest): DocumentTest {
  return (document) => !test(document);
}

function operatorTest(
  path: Path,
  operator: string,
  argument: unknown,
  whole: Document,
  context: MatchContext,
): DocumentTest {
  switch (operator) {
    case "$not":
      return not(negated(path, argument, context));
    case "$ne":
    case "$nin": {
      const positive = operator === "$ne" ? "$eq" : "$in";
      if (operator === "$ne" && regexParts(argument))
        throw new CommandError("BadValue", "Can't have regex as arg to $ne.");
      return not(operatorTest(path, positive, argument, whole, context));
    }
    case "$elemMatch": {
      const test = elementTest(argument, context);
      return wholeValue(
        path,
        (value) => Array.isArray(value) && value.some(test),
      );
    }
    case "$all":
      return allOf(path, argument, context);
    case "$comment":
      return () => true;
    case "$options":
      if ("$regex" in whole) return () => true;
      throw new CommandError("BadValue", "$options needs a $regex");
  }
  const make = Object.hasOwn(operators, operator)
    ? operators[operator]
    : undefined;
  if (!make) return refuse(operator);
  const { test, elements } = make(argument, whole, context.collator);
  const found =
    elements && !context.single ? anyValue(path, test) : wholeValue(path, test);
  return operator === "$exists" && !isTrue(argument) ? not(found) : found;
}

function negated(path: Path, argument: unknown, context: MatchContext) {
  if (!regexParts(argument) && !isOperators(argument))
    throw new CommandError("BadValue", "$not needs a regex or a document");
  return fieldTest(path, argument, context);
}

function allOf(path: Path, argument: unknown, context: MatchContext) {
  if (!Array.isArray(argument))
    throw new CommandError("BadValue", "$all needs an array");
  if (argument.length === 0) return () => false;
  return all(
    argument.map((entry) =>
      isDocument(entry) && "$elemMatch" in entry
        ? operatorTest(path, "$elemMatch", entry.$elemMatch, entry, context)
        : fieldTest(path, entry, context),
    ),
  );
}

const logical = new Set([
  "$and",
  "$or",
  "$nor",
  "$expr",
  "$jsonSchema",
  "$comment",
]);

/**
 * A test for one element of an array: `{ $gt: 5 }` on the element itself, `{ user: "ann" }` on
 * its fields.
 */
export function elementTest(
  condition: unknown,
  context: MatchContext = {},
): ValueTest {
  if (!isDocument(condition))
    throw new CommandError("BadValue", "$elemMatch needs an Object");
  if (isOperators(condition) && !logical.has(Object.keys(condition)[0] ?? "")) {
    const test = fieldTest(["element"], condition, {
      ...context,
      single: true,
    });
    return (element) => test({ element });
  }
  const test = compileFilter(condition, { ...context, single: false });
  return (element) =>
    isDocument(element)
      ? test(element)
      : Array.isArray(element) && test({ ...element });
}
