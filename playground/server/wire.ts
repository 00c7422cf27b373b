import type { WireEntry, WireState } from "../protocol.ts";
import { Names } from "./names.ts";

/** Entries that are kept. */
const LIMIT = 2_000;

/** Entries of one lane that are shown within one second: nobody can read more. */
const MOST_IN_A_SECOND = 40;

export type NewEntry = Omit<WireEntry, "seq" | "at">;

/**
 * The timeline: what clients, the learner's server and its database did, in the order in which it
 * happened.
 *
 * It is bounded in every direction. Only the newest entries are kept, and of a lane on which more
 * happens than anybody can read the rest is counted, not kept.
 */
export class Wire {
  readonly names = new Names();
  readonly #began = performance.now();
  readonly #onEntry: (entry: WireEntry) => void;
  readonly #lanes = new Map<string, { shown: number; omitted: number }>();
  #second: NodeJS.Timeout | undefined;
  #entries: WireEntry[] = [];
  #last = 0;
  #dropped = 0;

  /** @param onEntry called for each entry; see {@link named} */
  constructor(onEntry: (entry: WireEntry) => void = () => {}) {
    this.#onEntry = onEntry;
  }

  /** The number of the newest entry. */
  get last(): number {
    return this.#last;
  }

  get state(): WireState {
    return {
      entries: this.#entries.map((entry) => this.named(entry)),
      limit: LIMIT,
      dropped: this.#dropped,
    };
  }

  /**
   * The entry with names for socket ids. What somebody hears of a newcomer may arrive before the
   * newcomer knows that id, so this is done when the entry is told.
   */
  named(entry: WireEntry): WireEntry {
    const { text, payload } = entry;
    return {
      ...entry,
      text: this.names.in(text),
      ...(payload && {
        payload: { ...payload, text: this.names.in(payload.text) },
      }),
    };
  }

  /**
   * Adds an entry, unless too much happens on its lane.
   *
   * @param lane whose it is
   * @param make makes the entry; not called for one that is only counted
   */
  add(lane: string, make: () => NewEntry): WireEntry | undefined {
    const { shown, omitted } = this.#lanes.get(lane) ?? {
      shown: 0,
      omitted: 0,
    };
    if (shown >= MOST_IN_A_SECOND) {
      this.#lanes.set(lane, { shown, omitted: omitted + 1 });
      return undefined;
    }
    this.#lanes.set(lane, { shown: shown + 1, omitted });
    this.#second ??= setTimeout(() => this.#endSecond(), 1_000);
    return this.#keep(make());
  }

  clear(): void {
    this.#entries = [];
    this.#dropped = 0;
  }

  end(): void {
    clearTimeout(this.#second);
  }

  #keep(entry: NewEntry): WireEntry {
    const kept: WireEntry = {
      ...entry,
      seq: ++this.#last,
      at: Math.round(performance.now() - this.#began),
    };
    this.#entries.push(kept);
    // Dropped in blocks: to move 2,000 entries for each new one would be waste.
    if (this.#entries.length >= LIMIT + LIMIT / 10) {
      this.#dropped += this.#entries.length - LIMIT;
      this.#entries = this.#entries.slice(-LIMIT);
    }
    this.#onEntry(kept);
    return kept;
  }

  #endSecond(): void {
    this.#second = undefined;
    const busy = [...this.#lanes].filter(([, { omitted }]) => omitted > 0);
    this.#lanes.clear();
    for (const [lane, { omitted }] of busy)
      this.#keep({
        kind: "omitted",
        // The console is the server's.
        from: lane === "console" ? "server" : lane,
        to: null,
        text: `${omitted.toLocaleString("en")} more within this second`,
        count: omitted,
      });
  }
}
