import { Timestamp } from "bson";
import type { Document } from "../bson/values.ts";
import type { Change, StoreObserver } from "../store/store.ts";

/** One entry of the log that change streams read. */
export interface LogEntry {
  sequence: number;
  time: Timestamp;
  wallTime: Date;
  change: Change;
  /** Of a change that a transaction made: `lsid` and `txnNumber`. */
  transaction: Document | undefined;
}

/** So many entries are kept; a stream that falls further behind loses its place. */
const capacity = 20_000;

/** The order of all changes of a replica set, and its clock. */
export class Oplog implements StoreObserver {
  readonly #entries: LogEntry[] = [];
  readonly #listeners = new Set<() => void>();
  #next = 0;
  #seconds = 0;
  #increment = 0;
  #transaction: Document | undefined;

  /** The sequence of the entry that comes next. */
  get end(): number {
    return this.#next;
  }

  /** The sequence of the oldest entry that is kept. */
  get start(): number {
    return this.#next - this.#entries.length;
  }

  changed(change: Change): void {
    const time = this.#tick();
    this.#entries.push({
      sequence: this.#next++,
      time,
      wallTime: new Date(),
      change,
      transaction: this.#transaction,
    });
    if (this.#entries.length > capacity) this.#entries.splice(0, capacity / 2);
    for (const listener of this.#listeners) listener();
  }

  /** Marks the changes that are announced meanwhile as those of a transaction. */
  inTransaction(identity: Document, announce: () => void): void {
    this.#transaction = identity;
    try {
      announce();
    } finally {
      this.#transaction = undefined;
    }
  }

  entry(sequence: number): LogEntry | undefined {
    return this.#entries[sequence - this.start];
  }

  /** The first entry that is not before a time. */
  since(time: Timestamp): number {
    const found = this.#entries.find((entry) => entry.time.compare(time) >= 0);
    return found?.sequence ?? this.#next;
  }

  /** Calls back after each entry. Returns the undoing. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The cluster time of the last change. */
  now(): Timestamp {
    return this.#seconds === 0
      ? this.#tick()
      : new Timestamp({ t: this.#seconds, i: this.#increment });
  }

  #tick(): Timestamp {
    const seconds = Math.floor(Date.now() / 1000);
    if (seconds > this.#seconds) {
      this.#seconds = seconds;
      this.#increment = 1;
    } else this.#increment++;
    return new Timestamp({ t: this.#seconds, i: this.#increment });
  }
}
