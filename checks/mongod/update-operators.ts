import { Long, Timestamp } from "bson";
import { CommandError } from "./errors.ts";
import { compileFilter, elementTest, type MatchContext } from "./match.ts";
import {
  calculate,
  integer,
  isNumber,
  numberType,
  toBigInt,
  toNumber,
} from "./numbers.ts";
import { compare, equal } from "./order.ts";
import { sorter } from "./sort.ts";
import { show, typeOf } from "./types.ts";
import { changeAt, type Positions } from "./update-paths.ts";
import {
  clone,
  isDocument,
  isOperators,
  regexParts,
  type Document,
} from "./values.ts";

/** A field of a document or an element of an array that an update reaches. */
export interface Place {
  container: Document | unknown[];
  key: string | number;
  exists: boolean;
  get(): unknown;
  set(value: unknown): void;
  remove(): void;
}

/** What one operator does at one path. */
export interface Change {
  /** Whether missing fields on the way are made. */
  creates: boolean;
  /** Whether it counts only when an upsert inserts. */
  onInsertOnly?: boolean;
  /** Further paths it writes to, for the search for conflicts. */
  alsoWrites?: string[];
  carryOut(place: Place, update: Positions & { document: Document }): void;
}

/** Makes a change from an operator's path and argument, refusing an argument of the wrong shape. */
export type MakeChange = (path: string, argument: unknown) => Change;

function bad(message: string) {
  return new CommandError("BadValue", message);
}

const creating = (carryOut: Change["carryOut"]): Change => ({
  creates: true,
  carryOut,
});

const existing = (carryOut: Change["carryOut"]): Change => ({
  creates: false,
  carryOut: (place, update) => {
    if (place.exists) carryOut(place, update);
  },
});

const idOf = (document: Document) => `{_id: ${show(document._id)}}`;

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

/** The array at a place; made where there is none. */
function arrayAt(
  place: Place,
  refuse: (type: string) => CommandError,
): unknown[] {
  if (!place.exists || place.get() === undefined) place.set([]);
  const value = place.get();
  if (!Array.isArray(value)) throw refuse(typeOf(value));
  return value;
}

const pushClauses = new Set(["$each", "$slice", "$sort", "$position"]);

const push: MakeChange = (path, argument) => {
  const modifiers =
    isDocument(argument) && "$each" in argument ? argument : undefined;
  const values = modifiers ? modifiers.$each : [argument];
  if (!Array.isArray(values))
    throw bad(
      `The argument to $each in $push must be an array but it was of type: ${typeOf(values)}`,
    );
  for (const clause of Object.keys(modifiers ?? {}))
    if (!pushClauses.has(clause))
      throw bad(`Unrecognized clause in $push: ${clause}`);
  const { $position: position, $slice: slice, $sort: order } = modifiers ?? {};
  for (const [name, value] of Object.entries({
    $position: position,
    $slice: slice,
  }))
    if (value !== undefined && !Number.isInteger(toNumber(value)))
      throw bad(
        `The value for ${name} must be an integer value but was given type: ${typeOf(value)}`,
      );
  const sort = order === undefined ? undefined : arraySorter(order);
  return creating((place, { document, context }) => {
    const array = arrayAt(place, (type) =>
      bad(
        `The field '${path}' must be an array but is of type ${type} in document ${idOf(document)}`,
      ),
    );
    const at = position === undefined ? array.length : toNumber(position);
    array.splice(
      at < 0 ? Math.max(0, array.length + at) : at,
      0,
      ...values.map(clone),
    );
    const sorted = sort ? sort(array, context) : array;
    place.set(slice === undefined ? sorted : sliced(sorted, toNumber(slice)));
  });
};

function sliced(array: unknown[], count: number): unknown[] {
  if (count === 0) return [];
  return count > 0 ? array.slice(0, count) : array.slice(count);
}

function arraySorter(order: unknown) {
  if (isDocument(order)) {
    if (Object.keys(order).length === 0)
      throw bad("The sort pattern is empty when it should be a set of fields.");
    return (array: unknown[], { collator }: MatchContext) =>
      sorter(order, collator)(array);
  }
  const direction = toNumber(order);
  if (direction !== 1 && direction !== -1)
    throw bad("The $sort element value must be either 1 or -1");
  return (array: unknown[], { collator }: MatchContext) =>
    array.toSorted((a, b) => direction * compare(a, b, collator));
}

const addToSet: MakeChange = (_path, argument) => {
  const values =
    isDocument(argument) && "$each" in argument ? argument.$each : [argument];
  if (!Array.isArray(values))
    throw new CommandError(
      "TypeMismatch",
      `The argument to $each in $addToSet must be an array but it was of type ${typeOf(values)}`,
    );
  return creating((place, { context }) => {
    const array = arrayAt(place, (type) =>
      bad(
        `Cannot apply $addToSet to non-array field. Field named '${String(place.key)}' has non-array type ${type}`,
      ),
    );
    for (const value of values)
      if (!array.some((entry) => equal(entry, value, context.collator)))
        array.push(clone(value));
  });
};

const pop: MakeChange = (path, argument) => {
  const end = isNumber(argument) ? toNumber(argument) : NaN;
  if (end !== 1 && end !== -1)
    throw new CommandError(
      "FailedToParse",
      `$pop expects 1 or -1, found: ${show(argument)}`,
    );
  return existing((place) => {
    const array = place.get();
    if (!Array.isArray(array))
      throw new CommandError(
        "TypeMismatch",
        `Path '${path}' contains an element of non-array type '${typeOf(array)}'`,
      );
    if (end === 1) array.pop();
    else array.shift();
  });
};

/** Takes out the elements for which the test holds. */
function removal(
  testFor: (context: MatchContext) => (element: unknown) => boolean,
): Change {
  return existing((place, { context }) => {
    const array = place.get();
    if (!Array.isArray(array))
      throw bad("Cannot apply $pull to a non-array value");
    const test = testFor(context);
    place.set(array.filter((element) => !test(element)));
  });
}

const pull: MakeChange = (_path, argument) =>
  removal((context) => {
    if (isOperators(argument)) return elementTest(argument, context);
    if (isDocument(argument)) {
      const test = compileFilter(argument, context);
      return (element) => isDocument(element) && test(element);
    }
    if (regexParts(argument)) {
      const test = compileFilter({ element: argument }, context);
      return (element) => test({ element });
    }
    return (element) => equal(element, argument, context.collator);
  });

const pullAll: MakeChange = (_path, argument) => {
  if (!Array.isArray(argument))
    throw bad(
      `$pullAll requires an array argument but was given a ${typeOf(argument)}`,
    );
  return removal(
    ({ collator }) =>
      (element) =>
        argument.some((value) => equal(value, element, collator)),
  );
};

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
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
  $bit: bit,
};
