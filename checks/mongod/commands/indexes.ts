import { compare, equal } from "../bson/order.ts";
import { show } from "../bson/types.ts";
import { isDocument, type Document } from "../bson/values.ts";
import { ListCursor } from "../cursors.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import type { Collection } from "../store/collection.ts";
import {
  indexSpecification,
  type IndexSpecification,
} from "../store/indexes.ts";
import { collectionName } from "./fields.ts";
import { writable } from "./statements.ts";
import { withWriteConcern } from "./write-concern.ts";

/** @see https://www.mongodb.com/docs/manual/reference/command/createIndexes/ */
function createIndexes(invocation: Invocation): Document {
  const { engine, database, command } = invocation;
  const name = collectionName(command, database);
  const wanted = (command.indexes as unknown[]).map(indexSpecification);
  if (wanted.length === 0)
    throw new CommandError(
      "BadValue",
      "Must specify at least one index to create",
    );
  const before = writable({ catalog: engine.store, database }, name);
  const collection = before ?? engine.store.create(database, name);
  const numIndexesBefore = collection.indexes.length;
  const added = addAll(collection, wanted);
  for (const specification of added)
    engine.store.announce({
      type: "createIndexes",
      database,
      collection,
      description: { indexes: [specification] },
    });
  return withWriteConcern(invocation, {
    numIndexesBefore,
    numIndexesAfter: collection.indexes.length,
    createdCollectionAutomatically: !before,
    ...(added.length === 0 ? { note: "all indexes already exist" } : {}),
  });
}

/** All of them or, where one fails, none. @returns those that were not there before */
function addAll(
  collection: Collection,
  wanted: IndexSpecification[],
): IndexSpecification[] {
  const added: IndexSpecification[] = [];
  try {
    for (const specification of wanted) {
      if (exists(collection, specification)) continue;
      collection.addIndex(specification);
      added.push(specification);
    }
  } catch (error) {
    for (const { name } of added) collection.dropIndex(name);
    throw error;
  }
  return added;
}

/** @throws CommandError 85, 86 where an index of that name or that key is another one */
function exists(collection: Collection, wanted: IndexSpecification): boolean {
  const all = collection.indexes.map(({ specification }) => specification);
  const sameName = all.find(({ name }) => name === wanted.name);
  const alike = all.find((other) => sameIndex(other, wanted));
  // The index on _id goes by any name.
  if (alike?.name === "_id_") return true;
  if (sameName && sameName !== alike)
    throw new CommandError(
      "IndexKeySpecsConflict",
      "An existing index has the same name as the requested index. When index names are not " +
        "specified, they are auto generated and can cause conflicts. Please refer to our " +
        `documentation. Requested index: ${show(wanted)}, existing index: ${show(sameName)}`,
    );
  if (!alike) return false;
  if (!sameName)
    throw new CommandError(
      "IndexOptionsConflict",
      `Index already exists with a different name: ${alike.name}`,
    );
  if (compare(alike.expireAfterSeconds, wanted.expireAfterSeconds) === 0)
    return true;
  throw new CommandError(
    "IndexOptionsConflict",
    "An equivalent index already exists with the same name but different options. Requested " +
      `index: ${show(wanted)}, existing index: ${show(alike)}`,
  );
}

/** Whether two indexes hold the same: what may differ then is their name and their expiry. */
function sameIndex(a: IndexSpecification, b: IndexSpecification): boolean {
  if (a.name === "_id_") return sameFields(a.key, b.key);
  return (
    sameFields(a.key, b.key) &&
    Boolean(a.unique) === Boolean(b.unique) &&
    Boolean(a.sparse) === Boolean(b.sparse) &&
    compare(a.collation, b.collation) === 0 &&
    compare(a.partialFilterExpression, b.partialFilterExpression) === 0
  );
}

function sameFields(a: Document, b: Document): boolean {
  return Object.keys(a).join("\0") === Object.keys(b).join("\0") && equal(a, b);
}

function existing({ catalog, database, command }: Invocation): Collection {
  const name = collectionName(command, database);
  const collection = catalog.collection(database, name);
  if (collection) return collection;
  throw new CommandError(
    "NamespaceNotFound",
    `ns does not exist: ${database}.${name}`,
  );
}

function listIndexes(invocation: Invocation): Document {
  const collection = existing(invocation);
  const listed = collection.indexes.map(({ specification }) => ({
    ...specification,
  }));
  return invocation.engine.cursors.firstReply(
    new ListCursor(collection.namespace, listed),
    invocation.command,
  );
}

function dropIndexes(invocation: Invocation): Document {
  const { engine, database, command } = invocation;
  const collection = existing(invocation);
  const nIndexesWas = collection.indexes.length;
  for (const specification of named(collection, command.index)) {
    collection.dropIndex(specification.name);
    engine.store.announce({
      type: "dropIndexes",
      database,
      collection,
      description: { indexes: [specification] },
    });
  }
  return withWriteConcern(invocation, { nIndexesWas });
}

/** The indexes to drop: "*" for all but that on `_id`, a name, a key, or a list of names. */
function named({ indexes }: Collection, wanted: unknown): IndexSpecification[] {
  const specifications = indexes.map(({ specification }) => specification);
  if (wanted === "*")
    return specifications.filter(({ name }) => name !== "_id_");
  return (Array.isArray(wanted) ? wanted : [wanted]).map((one) => {
    const found = specifications.find(({ name, key }) =>
      isDocument(one) ? sameFields(key, one) : name === one,
    );
    if (!found)
      throw new CommandError(
        "IndexNotFound",
        isDocument(one)
          ? `can't find index with key: ${show(one)}`
          : `index not found with name [${String(one)}]`,
      );
    if (found.name === "_id_")
      throw new CommandError("InvalidOptions", "cannot drop _id index");
    return found;
  });
}

/** Commands about indexes. */
export const indexCommands: Record<string, Command> = {
  createIndexes: {
    fields: {
      createIndexes: "string!",
      indexes: "array!",
      commitQuorum: "any",
    },
    run: createIndexes,
  },
  listIndexes: {
    fields: { listIndexes: "string!", cursor: "document" },
    run: listIndexes,
  },
  dropIndexes: {
    fields: { dropIndexes: "string!", index: "any!" },
    run: dropIndexes,
  },
  deleteIndexes: {
    fields: { deleteIndexes: "string!", index: "any!" },
    run: dropIndexes,
  },
};
