import { isNumber, toNumber } from "../bson/numbers.ts";
import { compare, equal } from "../bson/order.ts";
import { show, typeOf } from "../bson/types.ts";
import { clone, isDocument, isOperators, regexParts } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { compileFilter, type MatchContext } from "../query/match.ts";
import { sorter } from "../query/sort.ts";
import {
  bad,
  creating,
  existing,
  idOf,
  type Change,
  type MakeChange,
  type Place,
} from "./change.ts";

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
    if (isOperators(argument) || regexParts(argument)) {
      const test = compileFilter({ element: argument }, context);
      return (element) => test({ element });
    }
    if (isDocument(argument)) {
      const test = compileFilter(argument, context);
      return (element) => isDocument(element) && test(element);
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

/**
 * The update operators for arrays.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/update-array/
 */
export const arrayOperators: Record<string, MakeChange> = {
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
};
