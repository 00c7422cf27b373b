/** Ids that are remembered: those of clients that have long gone turn up no more. */
const MOST_IDS = 60;

/** As Engine.IO makes them, perhaps between quotes as in `{ id: '…' }`. */
const SOCKET_ID = /(?<![\w-])('?)([\w-]{20})\1(?![\w-])/g;

/**
 * Puts names in the place of socket ids, which nobody can tell apart, and ids in the place of such
 * names: `‹id of Bob›`.
 */
export class Names {
  /** By id; the newest last. */
  readonly #names = new Map<string, string>();

  remember(id: string, name: string): void {
    this.#names.set(id, name);
    const [oldest] = this.#names.keys();
    if (this.#names.size > MOST_IDS && oldest !== undefined)
      this.#names.delete(oldest);
  }

  /** The text with names for ids. */
  in(text: string): string {
    return text.replaceAll(SOCKET_ID, (found, _quote, id: string) => {
      const name = this.#names.get(id);
      return name === undefined ? found : inWords(name);
    });
  }

  /** The value with ids for names. Whoever has no id keeps the name, and nobody is meant. */
  outOf(value: unknown): unknown {
    if (typeof value === "string") return this.#idFor(value);
    if (Array.isArray(value)) return value.map((item) => this.outOf(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.outOf(item)]),
    );
  }

  #idFor(text: string): string {
    // The newest connection of that name counts.
    const found = [...this.#names].findLast(
      ([, name]) => text === inWords(name),
    );
    return found?.[0] ?? text;
  }
}

function inWords(name: string): string {
  return `‹id of ${name}›`;
}
