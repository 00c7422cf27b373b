import { calculateObjectSize, ObjectId } from "bson";
import { encode, limits } from "../bson/encoding.ts";
import { equal } from "../bson/order.ts";
import { typeOf } from "../bson/types.ts";
import { idFirst, isDocument, isTrue, type Document } from "../bson/values.ts";
import type { Invocation } from "../engine.ts";
import { asCommandError, CommandError } from "../errors.ts";
import { contextOf, select, type Query } from "../query/select.ts";
import type { Collection } from "../store/collection.ts";
import {
  compileUpdate,
  type Update,
  type UpdateContext,
} from "../update/update.ts";
import { fieldsFromQuery } from "../update/upsert.ts";

/** One update of a command: which documents, and what becomes of them. */
export interface UpdateStatement {
  query: Query;
  update: unknown;
  arrayFilters?: unknown;
  multi: boolean;
  upsert: boolean;
}

export interface UpdateOutcome {
  matched: number;
  modified: number;
  /** The `_id` of a document that an upsert inserted. */
  upsertedId?: unknown;
  /** The last document that was updated. */
  before?: Document;
  after?: Document;
}

/**
 * The collection to write to.
 *
 * @throws CommandError 166 for a view, 115 for a time-series collection: such a one can be made
 *   and watched here, and holds nothing
 */
export function writable(
  { catalog, database }: Pick<Invocation, "catalog" | "database">,
  name: string,
): Collection | undefined {
  const collection = catalog.collection(database, name);
  if (collection?.isView)
    throw new CommandError(
      "CommandNotSupportedOnView",
      `Namespace ${database}.${name} is a view, not a collection`,
    );
  if (collection?.type === "timeseries")
    throw new CommandError(
      "CommandNotSupported",
      "time-series collections are not supported by the built-in engine",
    );
  return collection;
}

/** @throws CommandError 121, 11000 and what is wrong with the document itself */
export function insertDocument(
  invocation: Invocation,
  name: string,
  document: unknown,
  database = invocation.database,
): Document {
  const { catalog, command } = invocation;
  if (!isDocument(document))
    throw new CommandError("TypeMismatch", "only documents can be inserted");
  const collection =
    writable({ catalog, database }, name) ?? catalog.create(database, name);
  const stored = withId(document);
  checkId(stored._id);
  const size = calculateObjectSize(stored);
  if (size > limits.documentBytes)
    throw new CommandError(
      "BSONObjectTooLarge",
      `object to insert too large. size in bytes: ${size}, max size: ${limits.documentBytes}`,
    );
  collection.insert(stored, {
    bypassValidation: isTrue(command.bypassDocumentValidation),
  });
  return stored;
}

function withId(document: Document): Document {
  return document._id === undefined
    ? idFirst({ ...document, _id: new ObjectId() })
    : idFirst(document);
}

function checkId(id: unknown) {
  const type = typeOf(id);
  if (type === "array" || type === "regex")
    throw new CommandError(
      "InvalidIdField",
      `The '_id' value cannot be of type ${type}`,
    );
  const dollar = isDocument(id)
    ? Object.keys(id).find((field) => field.startsWith("$"))
    : undefined;
  if (dollar !== undefined)
    throw new CommandError(
      "DollarPrefixedFieldName",
      `_id fields may not contain '$'-prefixed fields: ${dollar} is not valid for storage.`,
    );
}

/**
 * Carries out one update.
 *
 * @see https://www.mongodb.com/docs/manual/reference/command/update/
 */
export function updateDocuments(
  invocation: Invocation,
  name: string,
  statement: UpdateStatement,
  database = invocation.database,
): UpdateOutcome {
  const { catalog, deadline, command } = invocation;
  const { query, multi, upsert } = statement;
  const collection = writable({ catalog, database }, name);
  const matchContext = contextOf(catalog, database, collection, query);
  const update = compileUpdate(
    statement.update,
    statement.arrayFilters,
    matchContext,
  );
  if (multi && update.kind === "replacement")
    throw new CommandError(
      "FailedToParse",
      "multi update is not supported for replacement-style update",
    );
  if (multi && query.sort !== undefined)
    throw new CommandError(
      "FailedToParse",
      "Cannot specify sort with multi=true",
    );
  const context = { ...matchContext, filter: query.filter, inserting: false };
  const found = select(
    collection,
    { ...query, limit: multi ? 0 : 1 },
    context,
    deadline,
  );
  if (!collection || found.length === 0)
    return upsert
      ? upsertDocument(invocation, name, database, update, context)
      : { matched: 0, modified: 0 };
  const outcome: UpdateOutcome = { matched: found.length, modified: 0 };
  const bypassValidation = isTrue(command.bypassDocumentValidation);
  for (const before of found) {
    const after = idFirst(update.apply(before, context));
    Object.assign(outcome, { before, after });
    if (identical(before, after)) continue;
    const type = update.kind === "replacement" ? "replace" : "update";
    collection.replace(before, after, type, { bypassValidation });
    outcome.modified++;
  }
  return outcome;
}

/** Whether nothing has changed, not even a number's type. @throws CommandError 17419 */
function identical(before: Document, after: Document): boolean {
  const bytes = encode(after);
  if (bytes.length > limits.documentBytes)
    throw new CommandError(
      17419,
      `Resulting document after update is larger than ${limits.documentBytes}`,
    );
  return Buffer.compare(encode(before), bytes) === 0;
}

function upsertDocument(
  invocation: Invocation,
  name: string,
  database: string,
  update: Update,
  context: UpdateContext,
): UpdateOutcome {
  const seed = fieldsFromQuery(context.filter);
  const base = update.kind === "replacement" ? idOnly(seed) : seed;
  const document = update.apply(base, { ...context, inserting: true });
  if ("_id" in seed && !equal(document._id, seed._id))
    throw new CommandError(
      "ImmutableField",
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  const after = insertDocument(invocation, name, document, database);
  return { matched: 1, modified: 0, upsertedId: after._id, after };
}

function idOnly(seed: Document): Document {
  return "_id" in seed ? { _id: seed._id } : {};
}

/** Deletes what a query selects. @returns the deleted documents */
export function deleteDocuments(
  invocation: Invocation,
  name: string,
  query: Query,
  database = invocation.database,
): Document[] {
  const { catalog, deadline } = invocation;
  const collection = writable({ catalog, database }, name);
  const context = contextOf(catalog, database, collection, query);
  const found = select(collection, query, context, deadline);
  for (const document of found) collection?.remove(document);
  return found;
}

/**
 * Carries out the statements of a batch, up to the first error or, unordered, all of them.
 *
 * @returns what mongod calls `writeErrors`
 * @throws what ends a transaction, which no statement survives
 */
export function runBatch(
  { command }: Invocation,
  statements: unknown[],
  carryOut: (statement: unknown, index: number) => void,
): Document[] {
  if (statements.length === 0 || statements.length > limits.writeBatch)
    throw new CommandError(
      "InvalidLength",
      `Write batch sizes must be between 1 and ${limits.writeBatch}. Got ${statements.length} operations.`,
    );
  const errors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      carryOut(statement, index);
    } catch (thrown) {
      const error = asCommandError(thrown);
      if (endsTransaction.has(error.codeName)) throw error;
      errors.push({
        index,
        code: error.code,
        ...error.details,
        errmsg: error.message,
      });
      if (command.ordered !== false) break;
    }
  }
  return errors;
}

const endsTransaction = new Set([
  "WriteConflict",
  "NoSuchTransaction",
  "MaxTimeMSExpired",
]);
