import type { Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import {
  Collection,
  type CollectionObserver,
  type DocumentChange,
} from "../store/collection.ts";
import type { Catalog, Store } from "../store/store.ts";

/** A transaction's own copy of a collection. */
interface Fork {
  /** What it was copied from; undefined where the transaction made the collection. */
  base: Collection | undefined;
  copy: Collection;
  /** What the documents that the transaction wrote were before, by their keys. */
  before: Map<string, Document | undefined>;
}

/**
 * One multi-document transaction: a snapshot of the data, taken collection by collection just
 * before somebody changes it, and the transaction's own changes, which nobody else sees before
 * the commit. A document that two write belongs to the first; the other is told WriteConflict.
 *
 * @see https://www.mongodb.com/docs/manual/core/transactions/
 */
export class Transaction implements Catalog, CollectionObserver {
  state: "active" | "committed" | "aborted" = "active";
  readonly started = Date.now();
  readonly #store: Store;
  readonly #others: ReadonlySet<Transaction>;
  readonly #forks = new Map<string, Fork>();
  readonly #changes: DocumentChange[] = [];

  /** @param others all active transactions */
  constructor(store: Store, others: ReadonlySet<Transaction>) {
    this.#store = store;
    this.#others = others;
  }

  collection(database: string, name: string): Collection | undefined {
    const fork = this.#forks.get(`${database}.${name}`);
    if (fork) return fork.copy;
    const base = this.#store.collection(database, name);
    return base && this.keep(base);
  }

  create(database: string, name: string, options: Document = {}): Collection {
    const existing = this.collection(database, name);
    if (existing) return existing;
    const copy = new Collection(database, name, options, this);
    this.#forks.set(copy.namespace, {
      base: undefined,
      copy,
      before: new Map(),
    });
    return copy;
  }

  /** Copies a collection as it is now, unless the transaction has its copy. */
  keep(base: Collection): Collection {
    const fork = this.#forks.get(base.namespace);
    if (fork) return fork.copy;
    const copy = base.fork(this);
    this.#forks.set(base.namespace, { base, copy, before: new Map() });
    return copy;
  }

  beforeChange(): void {
    // The copy is the transaction's own.
  }

  /** @throws CommandError 112 (WriteConflict) */
  afterChange(change: DocumentChange): void {
    const fork = this.#forks.get(change.collection.namespace);
    if (fork && !fork.before.has(change.key)) {
      fork.before.set(change.key, change.before);
      this.#refuseConflict(fork, change.key);
      for (const other of this.#others)
        if (
          other !== this &&
          other.#hasWritten(fork.copy.namespace, change.key)
        )
          throw writeConflict();
    }
    this.#changes.push(change);
  }

  #hasWritten(namespace: string, key: string): boolean {
    return this.#forks.get(namespace)?.before.has(key) === true;
  }

  /** A document has to be now what it was in the snapshot. */
  #refuseConflict(fork: Fork, key: string) {
    const { database, name } = fork.copy;
    const base = this.#store.collection(database, name);
    if (base?.documents.get(key) !== fork.before.get(key))
      throw writeConflict();
  }

  /**
   * Makes the changes everybody's.
   *
   * @param announce is handed the telling of observers, to add to it what they need to know
   * @throws CommandError 112 (WriteConflict), after which the transaction is aborted
   */
  commit(announce: (tell: () => void) => void): void {
    try {
      for (const fork of this.#forks.values()) this.#checkFork(fork);
    } catch (error) {
      this.abort();
      throw error;
    }
    this.state = "committed";
    announce(() => this.#apply());
    this.#forks.clear();
  }

  #checkFork(fork: Fork) {
    const { database, name } = fork.copy;
    const current = this.#store.collection(database, name);
    if (fork.before.size === 0) return;
    if (fork.base && current !== fork.base) throw writeConflict();
    for (const key of fork.before.keys()) this.#refuseConflict(fork, key);
    if (current) refuseTakenKeys(current, fork);
  }

  #apply() {
    for (const { copy, base, before } of this.#forks.values()) {
      if (base && before.size === 0) continue;
      const target =
        this.#store.collection(copy.database, copy.name) ??
        this.#store.create(copy.database, copy.name, copy.options);
      this.#store.beforeChange(target);
      // First everything out, then in, so that documents can trade a unique key.
      for (const key of before.keys()) target.put(key, undefined);
      for (const key of before.keys()) target.put(key, copy.documents.get(key));
    }
    for (const change of this.#changes) {
      const { database, name } = change.collection;
      const collection =
        this.#store.collection(database, name) ?? change.collection;
      this.#store.announce({ ...change, collection });
    }
  }

  abort(): void {
    this.state = "aborted";
    this.#forks.clear();
    this.#changes.length = 0;
  }
}

/** A unique key that somebody took after the snapshot is a conflict like any other. */
function refuseTakenKeys(current: Collection, { copy, before }: Fork) {
  for (const index of current.indexes) {
    if (!index.unique) continue;
    for (const key of before.keys()) {
      const document = copy.documents.get(key);
      if (!document) continue;
      for (const entry of index.entriesOf(document).keys()) {
        const owner = index.owners.get(entry);
        if (owner !== undefined && !before.has(owner)) throw writeConflict();
      }
    }
  }
}

function writeConflict(): CommandError {
  return new CommandError(
    "WriteConflict",
    "Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry " +
      "your operation or multi-document transaction.",
  );
}
