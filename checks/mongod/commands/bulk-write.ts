import { toNumber } from "../bson/numbers.ts";
import { firstKey, isDocument, isTrue, type Document } from "../bson/values.ts";
import { ListCursor } from "../cursors.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { variablesOf } from "../query/select.ts";
import { checkFields, type Fields } from "./fields.ts";
import {
  deleteDocuments,
  insertDocument,
  runBatch,
  updateDocuments,
} from "./statements.ts";
import { withWriteConcern } from "./write-concern.ts";

const operationFields: Record<string, Fields> = {
  insert: { insert: "number!", document: "document!" },
  update: {
    update: "number!",
    filter: "document!",
    updateMods: "update!",
    multi: "bool",
    upsert: "bool",
    arrayFilters: "array",
    constants: "document",
    collation: "document",
    hint: "hint",
    sort: "document",
  },
  delete: {
    delete: "number!",
    filter: "document!",
    multi: "bool",
    collation: "document",
    hint: "hint",
  },
};

interface Totals {
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
}

/**
 * Writes to several collections at once, new in MongoDB 8.0.
 *
 * @see https://www.mongodb.com/docs/manual/reference/command/bulkWrite/
 */
function bulkWrite(invocation: Invocation): Document {
  const { command, engine } = invocation;
  const operations = command.ops as unknown[];
  const totals: Totals = {
    nInserted: 0,
    nMatched: 0,
    nModified: 0,
    nUpserted: 0,
    nDeleted: 0,
  };
  const results: Document[] = [];
  const variables = variablesOf(command);
  const errors = runBatch(invocation, operations, (operation, idx) => {
    const result = carryOut(invocation, operation, variables, totals);
    if (!isTrue(command.errorsOnly)) results.push({ ok: 1, idx, ...result });
  });
  for (const { index, ...error } of errors)
    results.push({ ok: 0, idx: index, n: 0, ...error });
  results.sort((a, b) => toNumber(a.idx) - toNumber(b.idx));
  const cursor = new ListCursor("admin.$cmd.bulkWrite", results);
  return withWriteConcern(invocation, {
    ...engine.cursors.firstReply(cursor, command),
    nErrors: errors.length,
    ...totals,
  });
}

function carryOut(
  invocation: Invocation,
  operation: unknown,
  variables: Document | undefined,
  totals: Totals,
): Document {
  const kind = isDocument(operation) ? (firstKey(operation) ?? "") : "";
  const fields = operationFields[kind];
  if (!fields || !isDocument(operation))
    throw new CommandError(
      "FailedToParse",
      `'${kind}' is no operation of bulkWrite`,
    );
  checkFields(`bulkWrite.ops.${kind}`, operation, fields);
  const [database, name] = namespaceOf(
    invocation.command.nsInfo,
    operation[kind],
  );
  const query = {
    filter: operation.filter as Document,
    hint: operation.hint,
    sort: operation.sort ?? undefined,
    collation: operation.collation ?? undefined,
    variables: isDocument(operation.constants)
      ? { ...variables, ...operation.constants }
      : variables,
  };
  if (kind === "insert") {
    insertDocument(invocation, name, operation.document, database);
    totals.nInserted++;
    return { n: 1 };
  }
  if (kind === "delete") {
    const limit = isTrue(operation.multi) ? 0 : 1;
    const n = deleteDocuments(
      invocation,
      name,
      { ...query, limit },
      database,
    ).length;
    totals.nDeleted += n;
    return { n };
  }
  const { matched, modified, ...outcome } = updateDocuments(
    invocation,
    name,
    {
      query,
      update: operation.updateMods,
      arrayFilters: operation.arrayFilters,
      multi: isTrue(operation.multi),
      upsert: isTrue(operation.upsert),
    },
    database,
  );
  totals.nModified += modified;
  if (!("upsertedId" in outcome)) {
    totals.nMatched += matched;
    return { n: matched, nModified: modified };
  }
  totals.nUpserted++;
  return { n: 1, nModified: 0, upserted: { _id: outcome.upsertedId } };
}

/** @throws CommandError 2 for an index that `nsInfo` does not have */
function namespaceOf(nsInfo: unknown, index: unknown): [string, string] {
  const entry = Array.isArray(nsInfo)
    ? (nsInfo as unknown[])[toNumber(index)]
    : undefined;
  const namespace = isDocument(entry) ? entry.ns : undefined;
  if (typeof namespace !== "string")
    throw new CommandError(
      "BadValue",
      `BulkWrite ops entry has an invalid nsInfo index: ${String(index)}`,
    );
  const dot = namespace.indexOf(".");
  if (dot < 1)
    throw new CommandError(
      "InvalidNamespace",
      `Invalid namespace specified '${namespace}'`,
    );
  return [namespace.slice(0, dot), namespace.slice(dot + 1)];
}

/** The client-wide bulk write. */
export const bulkWriteCommands: Record<string, Command> = {
  bulkWrite: {
    fields: {
      bulkWrite: "number!",
      ops: "array!",
      nsInfo: "array!",
      ordered: "bool",
      bypassDocumentValidation: "bool",
      bypassEmptyTsReplacement: "bool",
      let: "document",
      errorsOnly: "bool",
      cursor: "document",
    },
    inTransaction: true,
    run: bulkWrite,
  },
};
