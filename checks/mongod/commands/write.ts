import { toNumber } from "../bson/numbers.ts";
import { firstKey, isDocument, isTrue, type Document } from "../bson/values.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { compileProjection } from "../query/projection.ts";
import { contextOf, variablesOf, type Query } from "../query/select.ts";
import { checkFields, collectionName, type Fields } from "./fields.ts";
import {
  deleteDocuments,
  insertDocument,
  runBatch,
  updateDocuments,
  type UpdateStatement,
} from "./statements.ts";
import { withWriteConcern } from "./write-concern.ts";

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function errorsIn(writeErrors: Document[]): Document {
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function insert(invocation: Invocation): Document {
  const { command, database } = invocation;
  const name = collectionName(command, database);
  let n = 0;
  const errors = runBatch(invocation, list(command.documents), (document) => {
    insertDocument(invocation, name, document);
    n++;
  });
  return withWriteConcern(invocation, { n, ...errorsIn(errors) });
}

const updateFields: Fields = {
  q: "document!",
  u: "update!",
  c: "document",
  multi: "bool",
  upsert: "bool",
  arrayFilters: "array",
  collation: "document",
  hint: "hint",
  sort: "document",
};

function update(invocation: Invocation): Document {
  const { command, database } = invocation;
  const name = collectionName(command, database);
  const variables = variablesOf(command);
  const upserted: Document[] = [];
  let n = 0;
  let nModified = 0;
  const errors = runBatch(
    invocation,
    list(command.updates),
    (statement, index) => {
      checkFields("update.updates", statement, updateFields);
      const outcome = updateDocuments(
        invocation,
        name,
        updateStatement(statement, variables),
      );
      n += outcome.matched;
      nModified += outcome.modified;
      if ("upsertedId" in outcome)
        upserted.push({ index, _id: outcome.upsertedId });
    },
  );
  return withWriteConcern(invocation, {
    n,
    nModified,
    ...(upserted.length > 0 ? { upserted } : {}),
    ...errorsIn(errors),
  });
}

function updateStatement(
  statement: Document,
  variables?: Document,
): UpdateStatement {
  if (statement.c !== undefined && !Array.isArray(statement.u))
    throw new CommandError(
      51198,
      "Constant values may only be specified for pipeline updates",
    );
  return {
    query: {
      filter: statement.q as Document,
      sort: statement.sort ?? undefined,
      hint: statement.hint,
      collation: statement.collation ?? undefined,
      variables: isDocument(statement.c)
        ? { ...variables, ...statement.c }
        : variables,
    },
    update: statement.u,
    arrayFilters: statement.arrayFilters,
    multi: isTrue(statement.multi),
    upsert: isTrue(statement.upsert),
  };
}

const deleteFields: Fields = {
  q: "document!",
  limit: "number!",
  collation: "document",
  hint: "hint",
};

function remove(invocation: Invocation): Document {
  const { command, database } = invocation;
  const name = collectionName(command, database);
  const variables = variablesOf(command);
  let n = 0;
  const errors = runBatch(invocation, list(command.deletes), (statement) => {
    checkFields("delete.deletes", statement, deleteFields);
    const limit = toNumber(statement.limit);
    if (limit !== 0 && limit !== 1)
      throw new CommandError(
        "FailedToParse",
        `The limit field in delete objects must be 0 or 1. Got ${limit}`,
      );
    n += deleteDocuments(invocation, name, {
      filter: statement.q as Document,
      limit,
      hint: statement.hint,
      collation: statement.collation ?? undefined,
      variables,
    }).length;
  });
  return withWriteConcern(invocation, { n, ...errorsIn(errors) });
}

/** @see https://www.mongodb.com/docs/manual/reference/command/findAndModify/ */
function findAndModify(invocation: Invocation): Document {
  const { command } = invocation;
  const removing = isTrue(command.remove);
  if (removing && command.update !== undefined)
    throw new CommandError(
      "FailedToParse",
      "Cannot specify both an 'update' and 'remove'=true",
    );
  if (removing && isTrue(command.new))
    throw new CommandError(
      "FailedToParse",
      "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
    );
  if (!removing && command.update === undefined)
    throw new CommandError(
      "FailedToParse",
      "Either an update or remove=true must be specified",
    );
  const query: Query = {
    filter: isDocument(command.query) ? command.query : {},
    sort: command.sort ?? undefined,
    hint: command.hint,
    collation: command.collation ?? undefined,
    variables: variablesOf(command),
  };
  const { value, lastErrorObject } = removing
    ? findAndRemove(invocation, query)
    : findAndUpdate(invocation, query);
  return withWriteConcern(invocation, {
    lastErrorObject,
    value: projected(invocation, query, value),
  });
}

interface Modified {
  lastErrorObject: Document;
  value: Document | undefined;
}

function findAndRemove(invocation: Invocation, query: Query): Modified {
  const { command, database } = invocation;
  const [value] = deleteDocuments(
    invocation,
    collectionName(command, database),
    {
      ...query,
      limit: 1,
    },
  );
  return { lastErrorObject: { n: value ? 1 : 0 }, value };
}

function findAndUpdate(invocation: Invocation, query: Query): Modified {
  const { command, database } = invocation;
  const outcome = updateDocuments(
    invocation,
    collectionName(command, database),
    {
      query,
      update: command.update,
      arrayFilters: command.arrayFilters,
      multi: false,
      upsert: isTrue(command.upsert),
    },
  );
  const upserted = "upsertedId" in outcome;
  return {
    lastErrorObject: {
      n: outcome.matched,
      updatedExisting: outcome.matched > 0 && !upserted,
      ...(upserted ? { upserted: outcome.upsertedId } : {}),
    },
    value: isTrue(command.new) ? outcome.after : outcome.before,
  };
}

function projected(
  { catalog, command, database }: Invocation,
  query: Query,
  value?: Document,
) {
  const { fields } = command;
  if (!value) return null;
  if (!isDocument(fields) || firstKey(fields) === undefined) return value;
  const collection = catalog.collection(
    database,
    collectionName(command, database),
  );
  return compileProjection(
    fields,
    contextOf(catalog, database, collection, query),
    query.filter,
  )(value);
}

const batch: Fields = {
  ordered: "bool",
  bypassDocumentValidation: "bool",
  bypassEmptyTsReplacement: "bool",
  let: "document",
};

const findAndModifyFields: Fields = {
  findAndModify: "string",
  findandmodify: "string",
  query: "document",
  sort: "document",
  remove: "bool",
  update: "update",
  new: "bool",
  fields: "document",
  upsert: "bool",
  bypassDocumentValidation: "bool",
  bypassEmptyTsReplacement: "bool",
  collation: "document",
  arrayFilters: "array",
  hint: "hint",
  let: "document",
};

/** Commands that write documents. */
export const writeCommands: Record<string, Command> = {
  insert: {
    fields: { insert: "string!", documents: "array!", ...batch },
    inTransaction: true,
    run: insert,
  },
  update: {
    fields: { update: "string!", updates: "array!", ...batch },
    inTransaction: true,
    run: update,
  },
  delete: {
    fields: { delete: "string!", deletes: "array!", ...batch },
    inTransaction: true,
    run: remove,
  },
  findAndModify: {
    fields: findAndModifyFields,
    inTransaction: true,
    run: findAndModify,
  },
  findandmodify: {
    fields: findAndModifyFields,
    inTransaction: true,
    run: findAndModify,
  },
};
