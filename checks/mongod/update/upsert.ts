import { equal } from "../bson/order.ts";
import { pathOf } from "../bson/paths.ts";
import {
  clone,
  isDocument,
  isOperators,
  regexParts,
  setField,
  type Document,
} from "../bson/values.ts";
import { CommandError } from "../errors.ts";

/**
 * The fields that an upsert takes over from its query: what the query says must be equal.
 *
 * @see https://www.mongodb.com/docs/manual/reference/method/db.collection.update/#upsert-behavior
 * @throws CommandError 54 (NotSingleValueField) where the query gives a field two values
 */
export function fieldsFromQuery(filter: Document): Document {
  const fields: Document = {};
  for (const [path, value] of equalities(filter)) place(fields, path, value);
  return fields;
}

function equalities(filter: Document): [string, unknown][] {
  return Object.entries(filter).flatMap(([key, condition]) => {
    if (
      key === "$and" ||
      (key === "$or" && Array.isArray(condition) && condition.length === 1)
    )
      return (condition as unknown[]).flatMap((clause) =>
        isDocument(clause) ? equalities(clause) : [],
      );
    if (key.startsWith("$")) return [];
    const value = equalTo(condition);
    return value === undefined
      ? []
      : [[key, value] satisfies [string, unknown]];
  });
}

/** The one value that a condition allows; undefined where it allows others. */
function equalTo(condition: unknown): unknown {
  if (regexParts(condition)) return undefined;
  if (!isOperators(condition)) return condition;
  if ("$eq" in condition) return condition.$eq;
  for (const operator of ["$in", "$all"]) {
    const list = condition[operator];
    if (
      Array.isArray(list) &&
      list.length === 1 &&
      !regexParts(list[0]) &&
      !isOperators(list[0])
    )
      return list[0];
  }
  return undefined;
}

function place(fields: Document, path: string, value: unknown) {
  const steps = [...pathOf(path)];
  const last = steps.pop() ?? "";
  let target = fields;
  for (const step of steps) {
    const next = Object.hasOwn(target, step) ? target[step] : undefined;
    if (isDocument(next)) target = next;
    else if (next === undefined) {
      const child: Document = {};
      setField(target, step, child);
      target = child;
    } else throw twice(path);
  }
  if (Object.hasOwn(target, last) && !equal(target[last], value))
    throw twice(path);
  setField(target, last, clone(value));
}

function twice(path: string) {
  return new CommandError(
    "NotSingleValueField",
    `cannot infer query fields to set, path '${path}' is matched twice`,
  );
}
