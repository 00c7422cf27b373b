/** Rooms whose offsets are remembered. */
const MOST_ROOMS = 50;

/** By room, the highest `seq` that was heard: what a client says when it comes back. */
export class Offsets {
  readonly #rooms = new Map<string, number>();

  get all(): Record<string, number> {
    return Object.fromEntries(this.#rooms);
  }

  /** @param heard the payload of an event, or an answer that may hold lists of messages */
  learn(heard: unknown): void {
    if (typeof heard !== "object" || heard === null) return;
    this.#learnMessage(heard as Record<string, unknown>);
    for (const part of Object.values(heard))
      if (Array.isArray(part))
        for (const item of part) {
          if (typeof item === "object" && item !== null)
            this.#learnMessage(item);
        }
  }

  /** Only what has a `room` and a `seq` counts. */
  #learnMessage({ room, seq }: Record<string, unknown>): void {
    if (typeof room !== "string" || !Number.isInteger(seq)) return;
    if (!this.#rooms.has(room) && this.#rooms.size >= MOST_ROOMS) return;
    this.#rooms.set(room, Math.max(this.#rooms.get(room) ?? 0, seq as number));
  }
}
