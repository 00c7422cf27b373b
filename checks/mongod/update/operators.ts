import { Long, Timestamp } from "bson";
import {
  calculate,
  integer,
  isNumber,
  numberType,
  toBigInt,
} from "../bson/numbers.ts";
import { compare } from "../bson/order.ts";
import { show, typeOf } from "../bson/types.ts";
import { clone, isDocument } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { arrayOperators } from "./array-operators.ts";
import { bad, creating, existing, idOf, type MakeChange } from "./change.ts";
import { changeAt } from "./places.ts";

function arithmetic(operator: "$inc" | "$mul"): MakeChange {
  const [operation, verb] =
    operator === "$inc"
      ? (["add", "increment"] as const)
      : (["multiply", "multiply"] as const);
  return (path, argument) => {
    if (!isNumber(argument))
      throw new CommandError(
        "TypeMismatch",
        `Cannot ${verb} with non-numeric argument: {${path}: ${show(argument)}}`,
      );
    return creating((place, { document }) => {
      const value = place.exists ? place.get() : 0;
      if (!isNumber(value))
        throw new CommandError(
          "TypeMismatch",
          `Cannot apply ${operator} to a value of non-numeric type. ${idOf(document)} has the ` +
            `field '${String(place.key)}' of non-numeric type ${typeOf(value)}`,
        );
      const result =
        !place.exists && operator === "$inc"
          ? argument
          : calculate(operation, value, argument);
      if (result === undefined)
        throw bad(
          `Failed to apply ${operator} operations to current value ((NumberLong)${String(value)}) ` +
            `for document ${idOf(document)}`,
        );
      place.set(result);
    });
  };
}

function bound(better: (order: number) => boolean): MakeChange {
  return (_path, argument) =>
    creating((place, { context }) => {
      if (
        !place.exists ||
        better(compare(argument, place.get(), context.collator))
      )
        place.set(clone(argument));
    });
}

const rename: MakeChange = (path, target) => {
  if (typeof target !== "string")
    throw bad(
      `The 'to' field for $rename must be a string: ${path}: ${show(target)}`,
    );
  if (target === path)
    throw bad(
      `The source and target field for $rename must differ: ${path}: "${target}"`,
    );
  if (
    [...path.split("."), ...target.split(".")].some((step) =>
      step.startsWith("$"),
    )
  )
    throw bad(
      `The source and target field for $rename may not be dynamic: ${path}`,
    );
  return {
    ...existing((place, update) => {
      if (Array.isArray(place.container))
        throw bad(
          `The source field cannot be an array element, '${path}' in doc with ${idOf(update.document)}`,
        );
      const value = place.get();
      place.remove();
      changeAt(
        update.document,
        target,
        creating((to) => to.set(value)),
        update,
      );
    }),
    alsoWrites: [target],
  };
};

const currentDate: MakeChange = (path, argument) => {
  const type = isDocument(argument) ? argument.$type : argument;
  if (typeof argument === "boolean" || type === "date")
    return creating((place) => place.set(new Date()));
  if (type === "timestamp")
    return creating((place) =>
      place.set(new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 })),
    );
  throw bad(
    `The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {${path}: ${show(argument)}}}`,
  );
};

const bitOperations: Record<string, (a: bigint, b: bigint) => bigint> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

const bit: MakeChange = (path, argument) => {
  if (!isDocument(argument))
    throw bad(
      `The $bit modifier is not compatible with a ${typeOf(argument)}. You must pass in an ` +
        "embedded document: {$bit: {field: {and/or/xor: #}}",
    );
  const steps = Object.entries(argument).map(([name, operand]) => {
    const operation = bitOperations[name];
    if (!operation)
      throw bad(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`,
      );
    const mask = isWhole(operand) ? toBigInt(operand) : undefined;
    if (mask === undefined)
      throw bad(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeOf(operand)}' is not supported here: {${path}: ${show(operand)}}`,
      );
    return (value: bigint) => operation(value, mask);
  });
  return creating((place) => {
    const value = place.exists ? place.get() : 0;
    const whole = isWhole(value) ? toBigInt(value) : undefined;
    if (whole === undefined)
      throw bad(
        `Cannot apply $bit to a value of non-integral type. The field '${String(place.key)}' has the type ${typeOf(value)}`,
      );
    const result = steps.reduce((sum, step) => step(sum), whole);
    place.set(
      typeOf(value) === "long" ? Long.fromBigInt(result) : integer(result),
    );
  });
};

const isWhole = (value: unknown) =>
  ["int", "long"].includes(numberType(value) ?? "");

const set: MakeChange = (_path, argument) =>
  creating((place) => place.set(clone(argument)));

/** MongoDB's update operators. */
export const updateOperators: Record<string, MakeChange> = {
  $set: set,
  $setOnInsert: (path, argument) => ({
    ...set(path, argument),
    onInsertOnly: true,
  }),
  $unset: () => existing((place) => place.remove()),
  $inc: arithmetic("$inc"),
  $mul: arithmetic("$mul"),
  $min: bound((order) => order < 0),
  $max: bound((order) => order > 0),
  $rename: rename,
  $currentDate: currentDate,
  ...arrayOperators,
  $bit: bit,
};
