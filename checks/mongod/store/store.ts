import { runPipeline } from "../aggregate/aggregate.ts";
import { collatorFor } from "../bson/collation.ts";
import { toNumber } from "../bson/numbers.ts";
import { pathOf, valuesAt } from "../bson/paths.ts";
import type { Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import {
  Collection,
  type CollectionObserver,
  type DocumentChange,
} from "./collection.ts";

/** Where commands find their collections: the store, or a transaction's view of it. */
export interface Catalog {
  collection(database: string, name: string): Collection | undefined;
  /** @throws CommandError 73 (InvalidNamespace), 13297 for a database that differs in case only */
  create(database: string, name: string, options?: Document): Collection;
}

/** A change of a collection or database as a whole. */
export interface NamespaceChange {
  type:
    | "create"
    | "drop"
    | "dropDatabase"
    | "rename"
    | "createIndexes"
    | "dropIndexes"
    | "modify";
  database: string;
  collection?: Collection;
  /** Further fields of the change event. */
  event?: Document;
  /** What `showExpandedEvents` adds as `operationDescription`. */
  description?: Document;
}

export type Change = DocumentChange | NamespaceChange;

/** Is told of changes of the committed data. */
export interface StoreObserver {
  beforeChange?(collection: Collection): void;
  changed(change: Change): void;
}

/** All databases of the engine. They live in memory only. */
export class Store implements Catalog, CollectionObserver {
  readonly databases = new Map<string, Map<string, Collection>>();
  readonly observers: StoreObserver[] = [];

  collection(database: string, name: string): Collection | undefined {
    return this.databases.get(database)?.get(name);
  }

  create(database: string, name: string, options: Document = {}): Collection {
    const existing = this.collection(database, name);
    if (existing) return existing;
    checkNamespace(database, name);
    this.#refuseOtherCase(database);
    const collection = new Collection(database, name, options, this);
    this.#add(collection);
    this.announce({
      type: "create",
      database,
      collection,
      description: { idIndex: { v: 2, key: { _id: 1 }, name: "_id_" } },
    });
    return collection;
  }

  #add(collection: Collection) {
    const collections =
      this.databases.get(collection.database) ?? new Map<string, Collection>();
    this.databases.set(collection.database, collections);
    collections.set(collection.name, collection);
  }

  #refuseOtherCase(database: string) {
    for (const other of this.databases.keys())
      if (other !== database && other.toLowerCase() === database.toLowerCase())
        throw new CommandError(
          13297,
          `db already exists with different case already have: [${other}] trying to create [${database}]`,
        );
  }

  drop(collection: Collection): void {
    this.beforeChange(collection);
    this.#remove(collection);
    this.announce({ type: "drop", database: collection.database, collection });
  }

  #remove({ database, name }: Collection) {
    const collections = this.databases.get(database);
    collections?.delete(name);
    if (collections?.size === 0) this.databases.delete(database);
  }

  dropDatabase(database: string): boolean {
    const collections = this.databases.get(database);
    if (!collections) return false;
    for (const collection of collections.values()) this.drop(collection);
    this.announce({ type: "dropDatabase", database });
    return true;
  }

  /**
   * Renames a collection, in the place of another one if there is one.
   *
   * @throws CommandError 73 for a new name that is none
   */
  rename(collection: Collection, name: string): void {
    const { database } = collection;
    checkNamespace(database, name);
    const former = new Collection(
      database,
      collection.name,
      {},
      this,
      collection,
    );
    const target = this.collection(database, name);
    if (target) this.#remove(target);
    this.#remove(collection);
    collection.name = name;
    this.#add(collection);
    const to = { db: database, coll: name };
    this.announce({
      type: "rename",
      database,
      collection: former,
      event: { to },
      description: { ...(target ? { dropTarget: target.uuid } : {}), to },
    });
  }

  beforeChange(collection: Collection): void {
    for (const observer of this.observers) observer.beforeChange?.(collection);
  }

  afterChange(change: DocumentChange): void {
    this.announce(change);
  }

  announce(change: Change): void {
    for (const observer of this.observers) observer.changed(change);
  }

  /**
   * Removes what TTL indexes have let expire.
   *
   * @see https://www.mongodb.com/docs/manual/core/index-ttl/
   */
  removeExpired(now: number): void {
    for (const collections of this.databases.values())
      for (const collection of collections.values())
        for (const { specification } of collection.indexes) {
          if (specification.expireAfterSeconds === undefined) continue;
          const path = pathOf(Object.keys(specification.key)[0] ?? "");
          const limit = now - toNumber(specification.expireAfterSeconds) * 1000;
          for (const document of collection.documents.values())
            if (isExpired(valuesAt(document, path), limit))
              collection.remove(document);
        }
  }
}

/** Of several dates in an array the earliest counts; other values never expire. */
function isExpired(values: unknown[], limit: number): boolean {
  return values.some(
    (value) => value instanceof Date && value.getTime() <= limit,
  );
}

function checkNamespace(database: string, name: string) {
  if (
    database === "" ||
    /[/\\. "$\0]/.test(database) ||
    Buffer.byteLength(database) > 63
  )
    throw new CommandError(
      "InvalidNamespace",
      `Invalid namespace specified '${database}.${name}': not a valid database name`,
    );
  if (name === "" || name.startsWith(".") || /[$\0]/.test(name))
    throw new CommandError(
      "InvalidNamespace",
      `Invalid namespace specified '${database}.${name}'`,
    );
  if (Buffer.byteLength(`${database}.${name}`) > 255)
    throw new CommandError(
      "InvalidNamespace",
      `Fully qualified namespace is too long. Namespace: ${database}.${name} Max: 255`,
    );
}

/** The documents that a query on a collection or a view sees. */
export function documentsOf(
  catalog: Catalog,
  database: string,
  name: string,
): Document[] {
  const collection = catalog.collection(database, name);
  if (!collection) return [];
  if (!collection.isView) return [...collection.documents.values()];
  const { viewOn, pipeline = [], collation } = collection.options;
  return runPipeline(documentsOf(catalog, database, String(viewOn)), pipeline, {
    collator: collatorFor(collation),
    collection: (other) => documentsOf(catalog, database, other),
  });
}
