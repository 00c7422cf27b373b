import { runPipeline } from "../aggregate/aggregate.ts";
import { equal } from "../bson/order.ts";
import { show, typeOf } from "../bson/types.ts";
import { clone, firstKey, isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import {
  compileFilter,
  type DocumentTest,
  type MatchContext,
} from "../query/match.ts";
import type { Change } from "./change.ts";
import { updateOperators } from "./operators.ts";
import { changeAt } from "./places.ts";

/** What an update is applied with. */
export interface UpdateContext extends MatchContext {
  /** The query that found the document: what the positional `$` refers to. */
  filter: Document;
  /** Whether an upsert makes the document, which is when `$setOnInsert` counts. */
  inserting: boolean;
}

/** An update that has been found well-formed. */
export interface Update {
  kind: "replacement" | "operators" | "pipeline";
  /** The document after the update; the one handed in stays as it is. */
  apply(document: Document, context: UpdateContext): Document;
}

/**
 * Compiles an update: a replacement document, update operators or a pipeline.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/update/
 * @throws CommandError 9 (FailedToParse), 40 (ConflictingUpdateOperators), 52, 56 and others
 */
export function compileUpdate(
  update: unknown,
  arrayFilters: unknown,
  context: MatchContext,
): Update {
  if (Array.isArray(update)) {
    refuseArrayFilters(arrayFilters);
    return pipelineUpdate(update);
  }
  if (!isDocument(update))
    throw new CommandError(
      "FailedToParse",
      "Update argument must be either an object or an array",
    );
  if (!firstKey(update)?.startsWith("$")) {
    refuseArrayFilters(arrayFilters);
    return replacement(update);
  }
  return operatorUpdate(update, compileArrayFilters(arrayFilters, context));
}

function refuseArrayFilters(arrayFilters: unknown) {
  if (Array.isArray(arrayFilters) && arrayFilters.length > 0)
    throw new CommandError(
      "FailedToParse",
      "arrayFilters may not be specified for pipeline-style or replacement updates",
    );
}

const allowedStages = new Set([
  "$addFields",
  "$project",
  "$replaceRoot",
  "$replaceWith",
  "$set",
  "$unset",
]);

function pipelineUpdate(pipeline: unknown[]): Update {
  for (const stage of pipeline) {
    const name = isDocument(stage) ? firstKey(stage) : undefined;
    if (name === undefined || !allowedStages.has(name))
      throw new CommandError(
        name?.startsWith("$") ? "InvalidOptions" : 40324,
        `${name} is not allowed to be used within an update`,
      );
  }
  return {
    kind: "pipeline",
    apply(document, context) {
      const result = runPipeline([document], pipeline, context)[0] ?? {};
      if (!("_id" in result) && "_id" in document)
        return { _id: document._id, ...clone(result) };
      return clone(keepId(document, result));
    },
  };
}

function replacement(update: Document): Update {
  const dollar = Object.keys(update).find((field) => field.startsWith("$"));
  if (dollar !== undefined)
    throw new CommandError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${dollar}' in '${dollar}' is not allowed in the context of an ` +
        "update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
    );
  return {
    kind: "replacement",
    apply(document) {
      const { _id = document._id, ...fields } = clone(update);
      return keepId(document, _id === undefined ? fields : { _id, ...fields });
    },
  };
}

/** @throws CommandError 66 where an update has changed the `_id` */
function keepId(before: Document, after: Document): Document {
  if ("_id" in before && !("_id" in after && equal(before._id, after._id)))
    throw new CommandError(
      "ImmutableField",
      "After applying the update, the (immutable) field '_id' was found to have been altered " +
        `to _id: ${show(after._id)}`,
    );
  return after;
}

interface Step {
  path: string;
  change: Change;
}

function operatorUpdate(
  update: Document,
  filters: Map<string, DocumentTest>,
): Update {
  const steps = Object.entries(update).flatMap(([operator, fields]) =>
    operatorSteps(operator, fields),
  );
  refuseConflicts(
    steps.flatMap(({ path, change }) => [path, ...(change.alsoWrites ?? [])]),
  );
  refuseUnusedFilters(filters, steps, update);
  steps.sort((a, b) => inFieldOrder(a.path, b.path));
  return {
    kind: "operators",
    apply(document, context) {
      const result = clone(document);
      for (const { path, change } of steps) {
        if (change.onInsertOnly && !context.inserting) continue;
        changeAt(result, path, change, {
          original: document,
          filters,
          context,
        });
      }
      return keepId(document, result);
    },
  };
}

function operatorSteps(operator: string, fields: unknown): Step[] {
  const make = Object.hasOwn(updateOperators, operator)
    ? updateOperators[operator]
    : undefined;
  if (!make)
    throw new CommandError(
      "FailedToParse",
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update ` +
        "specified as an array",
    );
  if (!isDocument(fields))
    throw new CommandError(
      "FailedToParse",
      `Modifiers operate on fields but we found type ${typeOf(fields)} instead. For example: ` +
        `{$mod: {<field>: ...}} not {${operator}: ${show(fields)}}`,
    );
  return Object.entries(fields).map(([path, argument]) => {
    checkPath(path);
    return { path, change: make(path, argument) };
  });
}

function checkPath(path: string) {
  if (path === "")
    throw new CommandError(
      "EmptyFieldName",
      "An empty update path is not valid.",
    );
  const steps = path.split(".");
  if (steps.includes(""))
    throw new CommandError(
      "EmptyFieldName",
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  if (steps[0]?.startsWith("$"))
    throw new CommandError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${steps[0]}' in '${path}' is not valid for storage.`,
    );
}

function refuseConflicts(paths: string[]) {
  const sorted = paths.toSorted();
  for (const [i, path] of sorted.entries()) {
    const clash = sorted.find(
      (other, j) => j !== i && (other === path || other.startsWith(`${path}.`)),
    );
    if (clash !== undefined)
      throw new CommandError(
        "ConflictingUpdateOperators",
        `Updating the path '${clash}' would create a conflict at '${path}'`,
      );
  }
}

/** Fields are written in the order of their names, numbers among them by value. */
function inFieldOrder(a: string, b: string): number {
  const stepsA = a.split(".");
  const stepsB = b.split(".");
  for (let i = 0; i < Math.min(stepsA.length, stepsB.length); i++) {
    const [x = "", y = ""] = [stepsA[i], stepsB[i]];
    if (x === y) continue;
    const byValue = Number(x) - Number(y);
    if (!Number.isNaN(byValue) && byValue !== 0) return byValue;
    return x < y ? -1 : 1;
  }
  return stepsA.length - stepsB.length;
}

/**
 * @see https://www.mongodb.com/docs/manual/reference/operator/update/positional-filtered/
 */
function compileArrayFilters(
  arrayFilters: unknown,
  context: MatchContext,
): Map<string, DocumentTest> {
  const filters = new Map<string, DocumentTest>();
  for (const filter of Array.isArray(arrayFilters) ? arrayFilters : []) {
    if (!isDocument(filter))
      throw new CommandError("TypeMismatch", "arrayFilters must be objects");
    const identifiers = new Set(identifiersOf(filter));
    const [identifier] = identifiers;
    if (identifier === undefined)
      throw new CommandError(
        "FailedToParse",
        "Cannot use an expression without a top-level field name in arrayFilters",
      );
    if (identifiers.size > 1)
      throw new CommandError(
        "FailedToParse",
        "Error parsing array filter :: caused by :: Expected a single top-level field name, found " +
          [...identifiers].map((name) => `'${name}'`).join(" and "),
      );
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier))
      throw new CommandError(
        "BadValue",
        `Error parsing array filter :: caused by :: The top-level field name must be an ` +
          `alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    if (filters.has(identifier))
      throw new CommandError(
        "FailedToParse",
        `Found multiple array filters with the same top-level field name ${identifier}`,
      );
    filters.set(identifier, compileFilter(filter, context));
  }
  return filters;
}

function identifiersOf(filter: Document): string[] {
  return Object.entries(filter).flatMap(([key, value]) =>
    ["$and", "$or", "$nor"].includes(key) && Array.isArray(value)
      ? value.flatMap((clause) =>
          isDocument(clause) ? identifiersOf(clause) : [],
        )
      : [key.split(".")[0] ?? key],
  );
}

function refuseUnusedFilters(
  filters: Map<string, DocumentTest>,
  steps: Step[],
  update: Document,
) {
  for (const identifier of filters.keys())
    if (!steps.some(({ path }) => path.split(".").includes(`$[${identifier}]`)))
      throw new CommandError(
        "FailedToParse",
        `The array filter for identifier '${identifier}' was not used in the update ${show(update)}`,
      );
}
