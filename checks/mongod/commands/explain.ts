import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { claimed, type Command, type Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { contextOf, Deadline, select } from "../query/select.ts";
import type { Collection } from "../store/collection.ts";
import type { IndexSpecification } from "../store/indexes.ts";
import { aggregateFields } from "./aggregate.ts";
import { checkCommand } from "./fields.ts";
import { findFields } from "./read.ts";

/**
 * Says which index mongod would be able to use. The engine itself scans, but for `_id` and
 * unique indexes whose every field the query fixes.
 *
 * @see https://www.mongodb.com/docs/manual/reference/command/explain/
 */
function explain(invocation: Invocation): Document {
  const { catalog, database, command } = invocation;
  const inner = command.explain as Document;
  const { name, filter, sort, limit } = explained(inner);
  const collection = catalog.collection(database, name);
  const index = collection && usefulIndex(collection, filter, sort);
  const scan: Document = index
    ? { stage: "IXSCAN", keyPattern: index.key, indexName: index.name }
    : { stage: "COLLSCAN", direction: "forward" };
  const plan = index
    ? { stage: "FETCH", filter, inputStage: scan }
    : { ...scan, filter };
  const queryPlanner = {
    namespace: `${database}.${name}`,
    parsedQuery: filter,
    winningPlan: plan,
    rejectedPlans: [],
  };
  const serverInfo = { version: claimed.version };
  if (command.verbosity === "queryPlanner") return { queryPlanner, serverInfo };
  const context = contextOf(catalog, database, collection);
  const nReturned = select(
    collection,
    { filter, limit },
    context,
    new Deadline(0),
  ).length;
  return {
    queryPlanner,
    executionStats: {
      executionSuccess: true,
      nReturned,
      totalDocsExamined: index ? nReturned : (collection?.documents.size ?? 0),
      totalKeysExamined: index ? nReturned : 0,
      executionStages: plan,
    },
    serverInfo,
  };
}

interface Explained {
  name: string;
  filter: Document;
  sort: Document;
  limit: number;
}

function document(value: unknown): Document {
  return isDocument(value) ? value : {};
}

/** What is to be explained, as a query. @throws CommandError 115 for other commands */
function explained(inner: Document): Explained {
  const kind = firstKey(inner) ?? "";
  const name = String(inner[kind]);
  switch (kind) {
    case "find":
      checkCommand(inner, findFields);
      return {
        name,
        filter: document(inner.filter),
        sort: document(inner.sort),
        limit: Number(inner.limit ?? 0),
      };
    case "count":
    case "distinct":
      return { name, filter: document(inner.query), sort: {}, limit: 0 };
    case "aggregate": {
      checkCommand(inner, aggregateFields);
      const [first] = inner.pipeline as unknown[];
      const filter = isDocument(first) ? document(first.$match) : {};
      return { name, filter, sort: {}, limit: 0 };
    }
    case "update":
    case "delete": {
      const [first] = (inner.updates ?? inner.deletes ?? []) as unknown[];
      return { name, filter: document(document(first).q), sort: {}, limit: 0 };
    }
    case "findAndModify":
      return {
        name,
        filter: document(inner.query),
        sort: document(inner.sort),
        limit: 1,
      };
    default:
      throw new CommandError(
        "CommandNotSupported",
        `explain of '${kind}' is not supported by the built-in engine`,
      );
  }
}

/** The index that fixes most of the query's fields from its first field on. */
function usefulIndex(
  { indexes }: Collection,
  filter: Document,
  sort: Document,
): IndexSpecification | undefined {
  const wanted = new Set(
    firstKey(filter) === undefined
      ? Object.keys(sort)
      : conditionFields(filter),
  );
  let best: IndexSpecification | undefined;
  let bestLength = 0;
  for (const { specification } of indexes) {
    if (specification.partialFilterExpression || specification.hidden) continue;
    const fields = Object.keys(specification.key);
    const used = fields.findIndex((field) => !wanted.has(field));
    const length = used === -1 ? fields.length : used;
    if (length <= bestLength) continue;
    best = specification;
    bestLength = length;
  }
  return best;
}

function conditionFields(filter: Document): string[] {
  return Object.entries(filter).flatMap(([key, value]) =>
    key === "$and" && Array.isArray(value)
      ? value.flatMap((clause) => conditionFields(document(clause)))
      : [key],
  );
}

/** The explanation of a query. */
export const explainCommands: Record<string, Command> = {
  explain: {
    fields: { explain: "document!", verbosity: "string" },
    run: explain,
  },
};
