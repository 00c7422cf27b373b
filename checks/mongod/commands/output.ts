import { ObjectId } from "bson";
import { runPipeline } from "../aggregate/aggregate.ts";
import { letVariables } from "../aggregate/expressions.ts";
import { equal } from "../bson/order.ts";
import { pathOf, valueAt } from "../bson/paths.ts";
import {
  clone,
  idFirst,
  isDocument,
  isTrue,
  type Document,
} from "../bson/values.ts";
import type { Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { Collection } from "../store/collection.ts";
import { duplicateKey } from "../store/indexes.ts";
import { checkFields } from "./fields.ts";
import { writable } from "./statements.ts";

/**
 * Writes the results of a pipeline: the stages `$out` and `$merge`.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/merge/
 * @see https://www.mongodb.com/docs/manual/reference/operator/aggregation/out/
 */
export function output(
  invocation: Invocation,
  stage: string,
  argument: unknown,
  documents: Document[],
): void {
  const own = documents.map((document) =>
    "_id" in document
      ? idFirst(clone(document))
      : { _id: new ObjectId(), ...clone(document) },
  );
  if (stage === "$out") replaceAll(invocation, argument, own);
  else merge(invocation, argument, own);
}

function targetOf({ database }: Invocation, target: unknown): [string, string] {
  if (typeof target === "string") return [database, target];
  if (isDocument(target) && typeof target.coll === "string")
    return [typeof target.db === "string" ? target.db : database, target.coll];
  throw new CommandError(
    51178,
    "the target collection must be a string or { db, coll }",
  );
}

function collectionFor(invocation: Invocation, target: unknown): Collection {
  const [database, name] = targetOf(invocation, target);
  const { catalog } = invocation;
  return (
    writable({ catalog, database }, name) ?? catalog.create(database, name)
  );
}

function replaceAll(
  invocation: Invocation,
  target: unknown,
  documents: Document[],
) {
  if (isDocument(target))
    checkFields("$out", target, { db: "string", coll: "string!" });
  const collection = collectionFor(invocation, target);
  const bypassValidation = isTrue(invocation.command.bypassDocumentValidation);
  const before = [...collection.documents.values()];
  // Tried on a copy first: a result that cannot be stored leaves the collection as it was.
  const trial = collection.fork({ beforeChange() {}, afterChange() {} });
  for (const document of before) trial.remove(document);
  for (const document of documents)
    trial.insert(document, { bypassValidation });
  for (const document of before) collection.remove(document);
  for (const document of documents)
    collection.insert(document, { bypassValidation });
}

const matchedActions = ["replace", "keepExisting", "merge", "fail"];

function merge(
  invocation: Invocation,
  argument: unknown,
  documents: Document[],
) {
  const options = typeof argument === "string" ? { into: argument } : argument;
  checkFields("$merge", options, {
    into: "any!",
    on: "any",
    let: "document",
    whenMatched: "any",
    whenNotMatched: "string",
  });
  const collection = collectionFor(invocation, options.into);
  const { whenMatched = "merge", whenNotMatched = "insert" } = options;
  if (
    !Array.isArray(whenMatched) &&
    !matchedActions.includes(String(whenMatched))
  )
    throw new CommandError(
      "BadValue",
      `Enumeration value '${String(whenMatched)}' for field '$merge.whenMatched' is not a valid value.`,
    );
  if (!["insert", "discard", "fail"].includes(String(whenNotMatched)))
    throw new CommandError(
      "BadValue",
      `Enumeration value '${String(whenNotMatched)}' for field '$merge.whenNotMatched' is not a valid value.`,
    );
  const on = mergeFields(options.on, collection);
  const bypassValidation = isTrue(invocation.command.bypassDocumentValidation);
  for (const document of documents) {
    const existing = findByFields(collection, on, document);
    if (existing) {
      const after = merged(existing, document, whenMatched, options.let);
      if (after === "fail")
        throw duplicateKey(
          collection.namespace,
          { name: "_id_", key: { _id: 1 } },
          [existing._id],
        );
      if (after)
        collection.replace(existing, idFirst(after), "update", {
          bypassValidation,
        });
    } else if (whenNotMatched === "insert")
      collection.insert(document, { bypassValidation });
    else if (whenNotMatched === "fail")
      throw new CommandError(
        "MergeStageNoMatchingDocument",
        "$merge could not find a matching document in the target collection for at least one " +
          "document in the source collection",
      );
  }
}

/** @throws CommandError 51183 where no unique index is on these fields */
function mergeFields(on: unknown, collection: Collection): string[] {
  const fields =
    on === undefined ? ["_id"] : (Array.isArray(on) ? on : [on]).map(String);
  const wanted = fields.toSorted().join("\0");
  const unique = collection.indexes.some(
    ({ specification }) =>
      (specification.unique || specification.name === "_id_") &&
      Object.keys(specification.key).toSorted().join("\0") === wanted,
  );
  if (!unique)
    throw new CommandError(
      51183,
      "Cannot find index to verify that join fields will be unique",
    );
  return fields;
}

function findByFields(
  collection: Collection,
  on: string[],
  document: Document,
) {
  const values = on.map(
    (field) => [pathOf(field), valueAt(document, pathOf(field))] as const,
  );
  for (const candidate of collection.documents.values())
    if (values.every(([path, value]) => equal(valueAt(candidate, path), value)))
      return candidate;
  return undefined;
}

function merged(
  existing: Document,
  document: Document,
  whenMatched: unknown,
  variables: unknown,
): Document | "fail" | undefined {
  if (Array.isArray(whenMatched)) {
    const scope =
      variables === undefined
        ? { new: document }
        : letVariables(variables, { new: document });
    return runPipeline([existing], whenMatched, { variables: scope })[0];
  }
  switch (whenMatched) {
    case "replace":
      return { ...document, _id: existing._id };
    case "merge":
      return { ...existing, ...document, _id: existing._id };
    case "fail":
      return "fail";
    default:
      return undefined;
  }
}
