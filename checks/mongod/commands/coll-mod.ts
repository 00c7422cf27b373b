import { equal, keyOf } from "../bson/order.ts";
import { isDocument, type Document } from "../bson/values.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { checkCollectionOptions } from "../store/collection-options.ts";
import type { Collection } from "../store/collection.ts";
import { collectionName } from "./fields.ts";
import { withWriteConcern } from "./write-concern.ts";

/** @see https://www.mongodb.com/docs/manual/reference/command/collMod/ */
function collMod(invocation: Invocation): Document {
  const { engine, command, database } = invocation;
  const collection = existing(invocation);
  const changed = Object.fromEntries(
    [
      "validator",
      "validationLevel",
      "validationAction",
      "changeStreamPreAndPostImages",
      "viewOn",
      "pipeline",
    ]
      .filter((option) => command[option] !== undefined)
      .map((option) => [option, command[option]]),
  );
  checkCollectionOptions(changed);
  const { index } = command;
  const event = isDocument(index) ? changeIndex(collection, index) : {};
  collection.options = { ...collection.options, ...changed };
  collection.compileValidator();
  engine.store.announce({
    type: "modify",
    database,
    collection,
    description: { ...changed, ...event },
  });
  return withWriteConcern(invocation, {});
}

function changeIndex(collection: Collection, change: Document): Document {
  const found = collection.indexes.find(({ specification }) =>
    change.name === undefined
      ? equal(specification.key, change.keyPattern)
      : specification.name === change.name,
  );
  if (!found)
    throw new CommandError(
      "IndexNotFound",
      `cannot find index ${String(change.name ?? keyOf(change.keyPattern))} for ns ${collection.namespace}`,
    );
  const { specification } = found;
  const changed = { ...specification };
  for (const option of Object.keys(change)) {
    if (option === "name" || option === "keyPattern") continue;
    if (
      !["expireAfterSeconds", "hidden", "unique", "prepareUnique"].includes(
        option,
      )
    )
      throw new CommandError(
        "IDLUnknownField",
        `BSON field 'collMod.index.${option}' is an unknown field.`,
      );
    changed[option] = change[option];
  }
  if (change.unique) refuseSharedKeys(collection, specification.name);
  collection.dropIndex(specification.name);
  collection.addIndex(changed);
  return { index: change };
}

/** @throws CommandError 359 with the documents that stand in the way of a unique index */
function refuseSharedKeys(collection: Collection, name: string) {
  const index = collection.indexes.find(
    ({ specification }) => specification.name === name,
  );
  const owners = new Map<string, unknown[]>();
  for (const document of collection.documents.values())
    for (const entry of index?.entriesOf(document).keys() ?? [])
      owners.set(entry, [...(owners.get(entry) ?? []), document._id]);
  const violations = [...owners.values()]
    .filter((ids) => ids.length > 1)
    .map((ids) => ({ ids }));
  if (violations.length > 0)
    throw new CommandError(
      "CannotConvertIndexToUnique",
      "Cannot convert the index to unique. Please resolve conflicting documents before running collMod again.",
      { violations },
    );
}

function existing({ engine, database, command }: Invocation): Collection {
  const name = collectionName(command, database);
  const collection = engine.store.collection(database, name);
  if (collection) return collection;
  throw new CommandError(
    "NamespaceNotFound",
    `ns does not exist: ${database}.${name}`,
  );
}

/** The command that changes a collection's options. */
export const collModCommands: Record<string, Command> = {
  collMod: {
    fields: {
      collMod: "string!",
      index: "document",
      validator: "document",
      validationLevel: "string",
      validationAction: "string",
      viewOn: "string",
      pipeline: "array",
      changeStreamPreAndPostImages: "document",
    },
    run: collMod,
  },
};
