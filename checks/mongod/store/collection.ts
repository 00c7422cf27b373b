import { Binary, calculateObjectSize, UUID } from "bson";
import { collatorFor } from "../bson/collation.ts";
import { toNumber } from "../bson/numbers.ts";
import { keyOf } from "../bson/order.ts";
import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import { compileFilter, type DocumentTest } from "../query/match.ts";
import { compileSchema } from "../query/schema.ts";
import {
  duplicateKey,
  fixedValue,
  Index,
  type IndexSpecification,
} from "./indexes.ts";

/** A change of one document, as change streams report it. */
export interface DocumentChange {
  type: "insert" | "update" | "replace" | "delete";
  collection: Collection;
  /** The key of the document's `_id`. */
  key: string;
  before?: Document;
  after?: Document;
}

/** Is told of every change: before, so that a snapshot can be kept, and after. */
export interface CollectionObserver {
  beforeChange(collection: Collection): void;
  afterChange(change: DocumentChange): void;
}

export interface WriteOptions {
  /** From a command's `bypassDocumentValidation`. */
  bypassValidation?: boolean;
}

const idIndex = { v: 2, key: { _id: 1 }, name: "_id_" } as const;

/** The documents of one collection, in the order they were inserted, and its indexes. */
export class Collection {
  readonly database: string;
  name: string;
  readonly uuid: Binary;
  options: Document;
  readonly documents: Map<string, Document>;
  indexes: Index[];
  readonly #observer: CollectionObserver;
  #validator: DocumentTest | undefined;
  #bytes = 0;

  constructor(
    database: string,
    name: string,
    options: Document,
    observer: CollectionObserver,
    copyOf?: Collection,
  ) {
    this.database = database;
    this.name = name;
    this.options = options;
    this.#observer = observer;
    this.uuid = copyOf?.uuid ?? new UUID().toBinary();
    this.documents = new Map(copyOf?.documents);
    this.indexes = copyOf
      ? copyOf.indexes.map((index) => index.copy())
      : [new Index(idIndex)];
    this.#bytes = copyOf ? copyOf.#bytes : 0;
    this.compileValidator();
  }

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }

  get isView(): boolean {
    return this.options.viewOn !== undefined;
  }

  get type(): "collection" | "timeseries" | "view" {
    if (this.isView) return "view";
    return this.options.timeseries === undefined ? "collection" : "timeseries";
  }

  /** A copy that a transaction changes on its own until it commits. */
  fork(observer: CollectionObserver): Collection {
    return new Collection(
      this.database,
      this.name,
      this.options,
      observer,
      this,
    );
  }

  /** To be called after `options.validator` has changed. */
  compileValidator(): void {
    const { validator } = this.options;
    this.#validator =
      validator === undefined
        ? undefined
        : compileFilter(validator, {
            collator: collatorFor(this.options.collation),
          });
  }

  /**
   * @throws CommandError 11000 (DuplicateKey), 121 (DocumentValidationFailure)
   */
  insert(document: Document, options: WriteOptions = {}): void {
    const key = keyOf(document._id);
    if (this.documents.has(key))
      throw duplicateKey(this.namespace, idIndex, [document._id]);
    this.#validate(document, options);
    this.#refuseDuplicates(document, key);
    this.#change({ type: "insert", collection: this, key, after: document });
    this.#trim();
  }

  /**
   * Puts a new version of a document in the place of the old one.
   *
   * @throws CommandError 11000 (DuplicateKey), 121 (DocumentValidationFailure)
   */
  replace(
    before: Document,
    after: Document,
    type: "update" | "replace",
    options: WriteOptions = {},
  ): void {
    const key = keyOf(before._id);
    this.#validate(after, options, before);
    this.#refuseDuplicates(after, key);
    this.#change({ type, collection: this, key, before, after });
  }

  remove(document: Document): void {
    const key = keyOf(document._id);
    this.#change({ type: "delete", collection: this, key, before: document });
  }

  #change(change: DocumentChange) {
    this.#observer.beforeChange(this);
    this.put(change.key, change.after);
    this.#observer.afterChange(change);
  }

  /** Sets or removes a document without any check: for the commit of a transaction. */
  put(key: string, document: Document | undefined): void {
    const before = this.documents.get(key);
    for (const index of this.indexes) {
      if (!index.unique) continue;
      if (before)
        for (const entry of index.entriesOf(before).keys())
          index.owners.delete(entry);
      if (document)
        for (const entry of index.entriesOf(document).keys())
          index.owners.set(entry, key);
    }
    if (document) this.documents.set(key, document);
    else this.documents.delete(key);
    if (this.options.capped) this.#bytes += sizeOf(document) - sizeOf(before);
  }

  #refuseDuplicates(document: Document, key: string) {
    for (const index of this.indexes) {
      if (
        firstKey(index.specification.key) === "_id" &&
        index.specification.name === "_id_"
      )
        continue;
      const entries = index.entriesOf(document);
      if (!index.unique) continue;
      for (const [entry, values] of entries) {
        const owner = index.owners.get(entry);
        if (owner !== undefined && owner !== key)
          throw duplicateKey(this.namespace, index.specification, values);
      }
    }
  }

  /** @see https://www.mongodb.com/docs/manual/core/schema-validation/ */
  #validate(
    document: Document,
    { bypassValidation }: WriteOptions,
    before?: Document,
  ) {
    const { validationLevel, validationAction, validator } = this.options;
    if (!this.#validator || bypassValidation || validationLevel === "off")
      return;
    if (this.#validator(document) || validationAction === "warn") return;
    // At the level `moderate`, a document that was invalid before may stay so.
    if (validationLevel === "moderate" && before && !this.#validator(before))
      return;
    throw new CommandError(
      "DocumentValidationFailure",
      "Document failed validation",
      {
        errInfo: {
          failingDocumentId: document._id,
          details: validationDetails(validator as Document, document),
        },
      },
    );
  }

  /** A capped collection forgets its oldest documents, silently. */
  #trim() {
    if (!this.options.capped) return;
    const most =
      this.options.max === undefined ? Infinity : toNumber(this.options.max);
    const size = toNumber(this.options.size);
    for (const key of this.documents.keys()) {
      if (this.documents.size <= Math.max(1, most) && this.#bytes <= size)
        return;
      this.put(key, undefined);
    }
  }

  /** @throws CommandError 11000 where documents already share a key of a unique index */
  addIndex(specification: IndexSpecification): void {
    const index = new Index(specification);
    for (const [key, document] of this.documents)
      for (const [entry, values] of index.entriesOf(document)) {
        if (!index.unique) continue;
        if (specification.unique && index.owners.has(entry))
          throw duplicateKey(this.namespace, specification, values);
        index.owners.set(entry, key);
      }
    this.indexes.push(index);
  }

  dropIndex(name: string): void {
    this.indexes = this.indexes.filter(
      (index) => index.specification.name !== name,
    );
  }

  /**
   * The documents that a filter can match: one or none where it fixes `_id` or every field of a
   * unique index, all of them otherwise.
   */
  candidates(filter: Document): Iterable<Document> {
    const key = this.#lookupKey(filter);
    if (key === undefined) return this.documents.values();
    const document = key === null ? undefined : this.documents.get(key);
    return document ? [document] : [];
  }

  /** Null where no document can match, undefined where all have to be looked at. */
  #lookupKey(filter: Document): string | null | undefined {
    if (this.options.collation) return undefined;
    const id = fixedValue(filter._id);
    if (id !== undefined) return keyOf(id);
    for (const index of this.indexes) {
      const entry = index.keyForQuery(filter);
      if (entry !== undefined && index.specification.name !== "_id_")
        return index.owners.get(entry) ?? null;
    }
    return undefined;
  }
}

function sizeOf(document: Document | undefined): number {
  return document ? calculateObjectSize(document) : 0;
}

function validationDetails(validator: Document, document: Document): Document {
  const operatorName = firstKey(validator);
  if (operatorName === "$jsonSchema" && isDocument(validator.$jsonSchema))
    return {
      operatorName,
      schemaRulesNotSatisfied:
        compileSchema(validator.$jsonSchema)(document) ?? [],
    };
  return {
    operatorName,
    specifiedAs: validator,
    reason: "expression did not match",
  };
}
