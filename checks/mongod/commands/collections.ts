import { equal } from "../bson/order.ts";
import { isTrue, type Document } from "../bson/values.ts";
import { ListCursor } from "../cursors.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { compileFilter } from "../query/match.ts";
import { checkCollectionOptions } from "../store/collection-options.ts";
import type { Collection } from "../store/collection.ts";
import { collectionName, type Fields } from "./fields.ts";
import { withWriteConcern } from "./write-concern.ts";

/** Options of a collection that are kept and shown by listCollections. */
const createOptions: Fields = {
  capped: "bool",
  size: "number",
  max: "number",
  collation: "document",
  validator: "document",
  validationLevel: "string",
  validationAction: "string",
  viewOn: "string",
  pipeline: "array",
  changeStreamPreAndPostImages: "document",
  storageEngine: "document",
  timeseries: "document",
  expireAfterSeconds: "number",
};

/** @see https://www.mongodb.com/docs/manual/reference/command/create/ */
function create(invocation: Invocation): Document {
  const { catalog, database, command } = invocation;
  const name = collectionName(command, database);
  const options = Object.fromEntries(
    Object.keys(createOptions)
      .filter((option) => command[option] !== undefined)
      .map((option) => [option, command[option]]),
  );
  if (options.capped && options.size === undefined)
    throw new CommandError(
      "InvalidOptions",
      "the 'size' field is required when 'capped' is true",
    );
  checkCollectionOptions(options);
  const existing = catalog.collection(database, name);
  if (existing && !equal(existing.options, options))
    throw new CommandError(
      "NamespaceExists",
      `namespace ${database}.${name} already exists, but with different options`,
    );
  if (!existing) catalog.create(database, name, options);
  return withWriteConcern(invocation, {});
}

function drop(invocation: Invocation): Document {
  const { engine, database, command } = invocation;
  const collection = engine.store.collection(
    database,
    collectionName(command, database),
  );
  // To drop what is not there has not been an error since MongoDB 7.0.
  if (!collection) return withWriteConcern(invocation, {});
  engine.store.drop(collection);
  return withWriteConcern(invocation, {
    nIndexesWas: collection.indexes.length,
    ns: collection.namespace,
  });
}

function dropDatabase(invocation: Invocation): Document {
  const { engine, database } = invocation;
  const dropped = engine.store.dropDatabase(database)
    ? { dropped: database }
    : {};
  return withWriteConcern(invocation, dropped);
}

function renameCollection(invocation: Invocation): Document {
  const { engine, command, database } = invocation;
  if (database !== "admin")
    throw new CommandError(
      "Unauthorized",
      "renameCollection may only be run against the admin database.",
    );
  const [fromDatabase, from] = namespaceParts(command.renameCollection);
  const [toDatabase, to] = namespaceParts(command.to);
  const collection = engine.store.collection(fromDatabase, from);
  if (!collection)
    throw new CommandError(
      "NamespaceNotFound",
      `Source collection ${fromDatabase}.${from} does not exist`,
    );
  if (fromDatabase !== toDatabase)
    throw new CommandError(
      "CommandNotSupported",
      "renaming into another database is not supported by the built-in engine",
    );
  const target = engine.store.collection(toDatabase, to);
  if (target && !isTrue(command.dropTarget))
    throw new CommandError("NamespaceExists", "target namespace exists");
  engine.store.rename(collection, to);
  return withWriteConcern(invocation, {});
}

function namespaceParts(namespace: unknown): [string, string] {
  const text = String(namespace);
  const dot = text.indexOf(".");
  if (dot < 1)
    throw new CommandError(
      "InvalidNamespace",
      `Invalid namespace specified '${text}'`,
    );
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function listCollections({ engine, database, command }: Invocation): Document {
  const test = compileFilter(command.filter ?? {});
  const all = [...(engine.store.databases.get(database)?.values() ?? [])]
    .map(describe)
    .filter(test);
  const listed = isTrue(command.nameOnly)
    ? all.map(({ name, type }) => ({ name, type }))
    : all;
  return engine.cursors.firstReply(
    new ListCursor(`${database}.$cmd.listCollections`, listed),
    command,
  );
}

function describe({
  name,
  type,
  isView,
  options,
  uuid,
  indexes,
}: Collection): Document {
  return {
    name,
    type,
    options,
    info: isView ? { readOnly: true } : { readOnly: false, uuid },
    ...(isView ? {} : { idIndex: indexes[0]?.specification }),
  };
}

/** mongod has these three always. */
const systemDatabases = ["admin", "config", "local"];

function listDatabases({ engine, command }: Invocation): Document {
  const names = new Set([...engine.store.databases.keys(), ...systemDatabases]);
  const test = compileFilter(command.filter ?? {});
  const databases = [...names]
    .toSorted()
    .map((name) => ({
      name,
      sizeOnDisk: 0,
      empty: !engine.store.databases.has(name),
    }))
    .filter(test);
  if (isTrue(command.nameOnly))
    return { databases: databases.map(({ name }) => ({ name })) };
  return { databases, totalSize: 0, totalSizeMb: 0 };
}

/** Commands about collections and databases. */
export const collectionCommands: Record<string, Command> = {
  create: {
    fields: { create: "string!", ...createOptions },
    inTransaction: true,
    run: create,
  },
  drop: { fields: { drop: "string!" }, run: drop },
  dropDatabase: { fields: { dropDatabase: "any" }, run: dropDatabase },
  renameCollection: {
    fields: { renameCollection: "string!", to: "string!", dropTarget: "bool" },
    run: renameCollection,
  },
  listCollections: {
    fields: {
      listCollections: "any",
      filter: "document",
      nameOnly: "bool",
      authorizedCollections: "bool",
      cursor: "document",
    },
    run: listCollections,
  },
  listDatabases: {
    fields: {
      listDatabases: "any",
      filter: "document",
      nameOnly: "bool",
      authorizedDatabases: "bool",
    },
    run: listDatabases,
  },
};
