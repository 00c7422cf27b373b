import { isNumber, toNumber } from "../bson/numbers.ts";
import { equal, keyOf } from "../bson/order.ts";
import { typeTest } from "../bson/types.ts";
import { isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";

/** Why a value does not satisfy a schema, shaped like `errInfo.details` of error 121. */
export type SchemaProblem = Document;

/** Gives every rule that a value breaks; undefined where it breaks none. */
export type SchemaCheck = (value: unknown) => SchemaProblem[] | undefined;

type Rule = (value: unknown) => SchemaProblem | undefined;

/** JSON Schema's own type names, as BSON types. */
const jsonTypes: Record<string, string> = {
  object: "object",
  array: "array",
  number: "number",
  boolean: "bool",
  string: "string",
  null: "null",
};

type Compile = (schema: unknown) => SchemaCheck;

/** Makes a keyword's rule from its argument and the schema around it; undefined for no rule. */
type MakeRule = (
  argument: unknown,
  schema: Document,
  compile: Compile,
) => Rule | undefined;

/** A rule that a test decides, with mongod's report of what was considered. */
function tested(
  keyword: string,
  argument: unknown,
  reason: string,
  test: (value: unknown) => boolean,
): Rule {
  return (value) =>
    test(value)
      ? undefined
      : {
          operatorName: keyword,
          specifiedAs: { [keyword]: argument },
          reason,
          consideredValue: value,
        };
}

function argumentError(keyword: string, expected: string) {
  return new CommandError(
    "TypeMismatch",
    `$jsonSchema keyword '${keyword}' must be ${expected}`,
  );
}

function numberRule(
  keyword: string,
  accept: (value: number, limit: number, schema: Document) => boolean,
): MakeRule {
  return (argument, schema) => {
    if (!isNumber(argument)) throw argumentError(keyword, "a number");
    const limit = toNumber(argument);
    return tested(keyword, argument, "comparison failed", (value) =>
      isNumber(value) ? accept(toNumber(value), limit, schema) : true,
    );
  };
}

function sizeRule(
  keyword: string,
  reason: string,
  sizeOf: (value: unknown) => number | undefined,
  accept: (size: number, limit: number) => boolean,
): MakeRule {
  return (argument) => {
    const limit = isNumber(argument) ? toNumber(argument) : -1;
    if (!Number.isInteger(limit) || limit < 0)
      throw argumentError(keyword, "a whole number, at least 0");
    return tested(keyword, argument, reason, (value) => {
      const size = sizeOf(value);
      return size === undefined || accept(size, limit);
    });
  };
}

const length = (value: unknown) =>
  typeof value === "string" ? [...value].length : undefined;
const items = (value: unknown) =>
  Array.isArray(value) ? value.length : undefined;
const properties = (value: unknown) =>
  isDocument(value) ? Object.keys(value).length : undefined;
const atMost = (size: number, limit: number) => size <= limit;
const atLeast = (size: number, limit: number) => size >= limit;

function schemas(
  keyword: string,
  argument: unknown,
  compile: Compile,
): SchemaCheck[] {
  if (!Array.isArray(argument) || argument.length === 0)
    throw argumentError(keyword, "a nonempty array");
  return argument.map(compile);
}

function strings(keyword: string, argument: unknown): string[] {
  if (
    !Array.isArray(argument) ||
    argument.length === 0 ||
    !argument.every((entry) => typeof entry === "string")
  )
    throw argumentError(keyword, "a nonempty array of strings");
  return argument;
}

function schemaTable(
  keyword: string,
  argument: unknown,
  compile: Compile,
): Map<string, SchemaCheck> {
  if (!isDocument(argument)) throw argumentError(keyword, "an object");
  return new Map(
    Object.entries(argument).map(([name, schema]) => [name, compile(schema)]),
  );
}

function patterns(schema: Document, compile: Compile): [RegExp, SchemaCheck][] {
  const table = schemaTable(
    "patternProperties",
    schema.patternProperties ?? {},
    compile,
  );
  return [...table].map(([pattern, check]) => [new RegExp(pattern), check]);
}

const nothing: MakeRule = () => undefined;

/** The keywords that MongoDB knows. */
export const keywords: Record<string, MakeRule> = {
  title: nothing,
  description: nothing,
  bsonType: (argument) => {
    const test = typeTest(argument);
    return tested("bsonType", argument, "type did not match", test);
  },
  type: (argument) => {
    const names = (Array.isArray(argument) ? argument : [argument]).map(
      (name) => {
        const type = typeof name === "string" ? jsonTypes[name] : undefined;
        if (!type)
          throw new CommandError(
            "BadValue",
            `$jsonSchema type '${String(name)}' is not currently supported.`,
          );
        return type;
      },
    );
    return tested("type", argument, "type did not match", typeTest(names));
  },
  enum: (argument) => {
    if (!Array.isArray(argument) || argument.length === 0)
      throw argumentError("enum", "a nonempty array");
    return tested("enum", argument, "value was not found in enum", (value) =>
      argument.some((entry) => equal(entry, value)),
    );
  },
  minimum: numberRule("minimum", (value, limit, schema) =>
    schema.exclusiveMinimum === true ? value > limit : value >= limit,
  ),
  maximum: numberRule("maximum", (value, limit, schema) =>
    schema.exclusiveMaximum === true ? value < limit : value <= limit,
  ),
  exclusiveMinimum: exclusive("exclusiveMinimum", "minimum"),
  exclusiveMaximum: exclusive("exclusiveMaximum", "maximum"),
  multipleOf: numberRule("multipleOf", (value, limit) => value % limit === 0),
  minLength: sizeRule(
    "minLength",
    "specified string length was not satisfied",
    length,
    atLeast,
  ),
  maxLength: sizeRule(
    "maxLength",
    "specified string length was not satisfied",
    length,
    atMost,
  ),
  minItems: sizeRule(
    "minItems",
    "array did not match specified length",
    items,
    atLeast,
  ),
  maxItems: sizeRule(
    "maxItems",
    "array did not match specified length",
    items,
    atMost,
  ),
  minProperties: sizeRule(
    "minProperties",
    "specified number of properties was not satisfied",
    properties,
    atLeast,
  ),
  maxProperties: sizeRule(
    "maxProperties",
    "specified number of properties was not satisfied",
    properties,
    atMost,
  ),
  pattern: (argument) => {
    if (typeof argument !== "string")
      throw argumentError("pattern", "a string");
    const regex = new RegExp(argument);
    return tested(
      "pattern",
      argument,
      "regular expression did not match",
      (value) => (typeof value === "string" ? regex.test(value) : true),
    );
  },
  uniqueItems: (argument) =>
    argument === true
      ? tested("uniqueItems", argument, "found a duplicate item", (value) =>
          Array.isArray(value)
            ? new Set(value.map(keyOf)).size === value.length
            : true,
        )
      : undefined,
  items: (argument, schema, compile) => {
    if (!Array.isArray(argument)) {
      const check = compile(argument);
      return tested(
        "items",
        argument,
        "At least one item did not match the sub-schema",
        (value) =>
          Array.isArray(value) ? value.every((item) => !check(item)) : true,
      );
    }
    const checks = argument.map(compile);
    const further = isDocument(schema.additionalItems)
      ? compile(schema.additionalItems)
      : undefined;
    return tested(
      "items",
      argument,
      "At least one item did not match the sub-schema",
      (value) =>
        Array.isArray(value)
          ? value.every((item, i) => {
              const check = checks[i];
              if (check) return !check(item);
              return further
                ? !further(item)
                : schema.additionalItems !== false;
            })
          : true,
    );
  },
  additionalItems: nothing,
  required: (argument) => {
    const names = strings("required", argument);
    return (value) => {
      if (!isDocument(value)) return undefined;
      const missingProperties = names.filter(
        (name) => !Object.hasOwn(value, name),
      );
      return missingProperties.length === 0
        ? undefined
        : {
            operatorName: "required",
            specifiedAs: { required: argument },
            missingProperties,
          };
    };
  },
  properties: (argument, _schema, compile) => {
    const table = schemaTable("properties", argument, compile);
    return (value) => {
      if (!isDocument(value)) return undefined;
      const propertiesNotSatisfied = [...table].flatMap(
        ([propertyName, check]) => {
          const details = Object.hasOwn(value, propertyName)
            ? check(value[propertyName])
            : undefined;
          const { description } =
            (argument as Record<string, Document>)[propertyName] ?? {};
          return details
            ? [
                {
                  propertyName,
                  ...(description ? { description } : {}),
                  details,
                },
              ]
            : [];
        },
      );
      return propertiesNotSatisfied.length === 0
        ? undefined
        : { operatorName: "properties", propertiesNotSatisfied };
    };
  },
  patternProperties: (argument, schema, compile) => {
    const table = patterns(schema, compile);
    return tested(
      "patternProperties",
      argument,
      "a property did not match its pattern's schema",
      (value) =>
        isDocument(value)
          ? Object.keys(value).every((name) =>
              table.every(
                ([regex, check]) => !regex.test(name) || !check(value[name]),
              ),
            )
          : true,
    );
  },
  additionalProperties: (argument, schema, compile) => {
    if (typeof argument !== "boolean" && !isDocument(argument))
      throw argumentError("additionalProperties", "a boolean or an object");
    const named = new Set(
      Object.keys(isDocument(schema.properties) ? schema.properties : {}),
    );
    const table = patterns(schema, compile);
    const check = isDocument(argument) ? compile(argument) : undefined;
    return (value) => {
      if (!isDocument(value) || argument === true) return undefined;
      const additionalProperties = Object.keys(value).filter(
        (name) =>
          !named.has(name) &&
          !table.some(([regex]) => regex.test(name)) &&
          (!check || check(value[name])),
      );
      return additionalProperties.length === 0
        ? undefined
        : {
            operatorName: "additionalProperties",
            specifiedAs: { additionalProperties: argument },
            additionalProperties,
          };
    };
  },
  dependencies: (argument, _schema, compile) => {
    if (!isDocument(argument)) throw argumentError("dependencies", "an object");
    const table = Object.entries(argument).map(([name, needs]) => ({
      name,
      check: compile(Array.isArray(needs) ? { required: needs } : needs),
    }));
    return tested(
      "dependencies",
      argument,
      "a dependency was not satisfied",
      (value) =>
        isDocument(value)
          ? table.every(
              ({ name, check }) => !Object.hasOwn(value, name) || !check(value),
            )
          : true,
    );
  },
  allOf: (argument, _schema, compile) => {
    const checks = schemas("allOf", argument, compile);
    return tested("allOf", argument, "a schema was not satisfied", (value) =>
      checks.every((check) => !check(value)),
    );
  },
  anyOf: (argument, _schema, compile) => {
    const checks = schemas("anyOf", argument, compile);
    return tested("anyOf", argument, "no schema was satisfied", (value) =>
      checks.some((check) => !check(value)),
    );
  },
  oneOf: (argument, _schema, compile) => {
    const checks = schemas("oneOf", argument, compile);
    return tested(
      "oneOf",
      argument,
      "not exactly one schema was satisfied",
      (value) => checks.filter((check) => !check(value)).length === 1,
    );
  },
  not: (argument, _schema, compile) => {
    const check = compile(argument);
    return tested(
      "not",
      argument,
      "child expression matched",
      (value) => check(value) !== undefined,
    );
  },
};

/** MongoDB follows draft 4, where `exclusiveMinimum: true` changes the meaning of `minimum`. */
function exclusive(keyword: string, of: string): MakeRule {
  return (argument, schema) => {
    if (typeof argument !== "boolean")
      throw argumentError(keyword, "a boolean");
    if (!(of in schema))
      throw new CommandError(
        "FailedToParse",
        `$jsonSchema keyword '${of}' must be a present if ${keyword} is present`,
      );
    return undefined;
  };
}
