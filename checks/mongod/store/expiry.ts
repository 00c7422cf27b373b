import type { Store } from "./store.ts";

/** mongod looks for expired documents once a minute. */
const usualSeconds = 60;

/** Removes expired documents from time to time. */
export class Expiry {
  readonly #store: Store;
  #seconds = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store) {
    this.#store = store;
    this.every(usualSeconds);
  }

  /** Sets how often it looks. @returns how often it did before */
  every(seconds: number): number {
    const before = this.#seconds;
    clearInterval(this.#timer);
    this.#seconds = seconds;
    this.#timer = setInterval(
      () => this.#store.removeExpired(Date.now()),
      seconds * 1000,
    );
    this.#timer.unref();
    return before;
  }
}
