import { runPipeline } from "../aggregate/aggregate.ts";
import { toNumber } from "../bson/numbers.ts";
import { compare, equal, keyOf } from "../bson/order.ts";
import { pathOf, valuesAt } from "../bson/paths.ts";
import {
  firstKey,
  isDocument,
  missing,
  type Document,
} from "../bson/values.ts";
import { ListCursor } from "../cursors.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { compileProjection } from "../query/projection.ts";
import { contextOf, select, variablesOf, type Query } from "../query/select.ts";
import { documentsOf } from "../store/store.ts";
import { collectionName, type Fields } from "./fields.ts";

/** Fields of `find`; those of tailable cursors are not among them. */
export const findFields: Fields = {
  find: "string!",
  filter: "document",
  sort: "document",
  projection: "document",
  hint: "hint",
  skip: "number",
  limit: "number",
  batchSize: "number",
  singleBatch: "bool",
  collation: "document",
  let: "document",
  allowDiskUse: "bool",
  allowPartialResults: "bool",
  noCursorTimeout: "bool",
  oplogReplay: "bool",
  awaitData: "bool",
  tailable: "bool",
  min: "document",
  max: "document",
  returnKey: "bool",
  showRecordId: "bool",
};

/** Options that change a result in ways that the engine cannot. */
const notHere = [
  "tailable",
  "awaitData",
  "min",
  "max",
  "returnKey",
  "showRecordId",
];

function positive(command: Document, field: string): number {
  const value = command[field];
  if (value === undefined || value === null) return 0;
  const number = toNumber(value);
  if (!(number >= 0) || !Number.isInteger(number))
    throw new CommandError(
      51024,
      `BSON field '${field}' value must be >= 0, actual value '${String(value)}'`,
    );
  return number;
}

function asDocument(value: unknown): Document {
  return isDocument(value) ? value : {};
}

function find(invocation: Invocation): Document {
  const { engine, catalog, database, command, deadline } = invocation;
  for (const field of notHere)
    if (command[field])
      throw new CommandError(
        "CommandNotSupported",
        `find with '${field}' is not supported by the built-in engine`,
      );
  const name = collectionName(command, database);
  const collection = catalog.collection(database, name);
  positive(command, "batchSize");
  const query: Query = {
    filter: asDocument(command.filter),
    sort: command.sort,
    skip: positive(command, "skip"),
    limit: positive(command, "limit"),
    hint: command.hint,
    collation: command.collation ?? undefined,
    variables: variablesOf(command),
  };
  const context = contextOf(catalog, database, collection, query);
  const projection = asDocument(command.projection);
  const project =
    firstKey(projection) === undefined
      ? undefined
      : compileProjection(projection, context, query.filter);
  const found = collection?.isView
    ? fromView(invocation, name, query)
    : select(collection, query, context, deadline);
  const documents = project ? found.map(project) : found;
  const cursor = new ListCursor(`${database}.${name}`, documents);
  return engine.cursors.firstReply(cursor, command);
}

/** A view is read by a pipeline. */
function fromView(
  { catalog, database }: Invocation,
  name: string,
  { filter, sort, skip, limit, ...query }: Query,
): Document[] {
  const context = contextOf(catalog, database, undefined, query);
  return runPipeline(
    documentsOf(catalog, database, name),
    [
      { $match: filter },
      ...(isDocument(sort) && firstKey(sort) !== undefined
        ? [{ $sort: sort }]
        : []),
      ...(skip ? [{ $skip: skip }] : []),
      ...(limit ? [{ $limit: limit }] : []),
    ],
    context,
  );
}

/** The documents that a filter selects in a collection or a view. */
function matching(invocation: Invocation, query: Query): Document[] {
  const { catalog, database, command, deadline } = invocation;
  const name = collectionName(command, database);
  const collection = catalog.collection(database, name);
  if (collection?.isView) return fromView(invocation, name, query);
  return select(
    collection,
    query,
    contextOf(catalog, database, collection, query),
    deadline,
  );
}

function count(invocation: Invocation): Document {
  const { command } = invocation;
  const filter = asDocument(command.query);
  const all = matching(invocation, {
    filter,
    hint: command.hint,
    collation: command.collation ?? undefined,
  }).length;
  const skipped = Math.max(0, all - positive(command, "skip"));
  // A negative limit counts like a positive one.
  const limit =
    command.limit === undefined ? 0 : Math.abs(toNumber(command.limit));
  return { n: limit === 0 ? skipped : Math.min(limit, skipped) };
}

function distinct(invocation: Invocation): Document {
  const { catalog, database, command } = invocation;
  const query: Query = {
    filter: asDocument(command.query),
    hint: command.hint,
    collation: command.collation ?? undefined,
  };
  const collection = catalog.collection(
    database,
    collectionName(command, database),
  );
  const { collator } = contextOf(catalog, database, collection, query);
  const path = pathOf(String(command.key));
  const found = new Map<string, unknown>();
  for (const document of matching(invocation, query))
    for (const value of valuesAt(document, path))
      if (value !== missing && !found.has(keyOf(value)))
        found.set(keyOf(value), value);
  const values = [...found.values()].toSorted((a, b) =>
    compare(a, b, collator),
  );
  return {
    values: collator
      ? values.filter(
          (value, i) => i === 0 || !equal(value, values[i - 1], collator),
        )
      : values,
  };
}

/** Commands that read documents by a filter. */
export const readCommands: Record<string, Command> = {
  find: { fields: findFields, inTransaction: true, run: find },
  count: {
    fields: {
      count: "string!",
      query: "document",
      limit: "number",
      skip: "number",
      hint: "hint",
      collation: "document",
      fields: "any",
    },
    run: count,
  },
  distinct: {
    fields: {
      distinct: "string!",
      key: "string!",
      query: "document",
      collation: "document",
      hint: "hint",
    },
    inTransaction: true,
    run: distinct,
  },
};
