/**
 * One ordered record of what happened during a check: what the clients did and heard, what was
 * asked over HTTP, what the server printed. Reports are written from it.
 */

/** What kind of thing happened. `begin` opens a requirement; up to `run` it is what the check did, then what came of it. */
export type EntryKind =
  | "begin"
  | "connect"
  | "emit"
  | "request"
  | "cut"
  | "leave"
  | "hinder"
  | "run"
  | "connected"
  | "refused"
  | "heard"
  | "acknowledged"
  | "response"
  | "disconnected"
  | "console"
  | "command"
  | "fault";

export interface Entry {
  /** Milliseconds since the timeline began. */
  at: number;
  /** Who: a client's name, `server`, `http`, `database`, `program`. */
  lane: string;
  kind: EntryKind;
  /** One sentence part for people, such as `sent chat:say {"text":"hello"}`. */
  text: string;
  /** The event's name, for events. */
  event?: string;
  /** The event's arguments, or the answer's body. */
  data?: unknown;
}

const done: ReadonlySet<EntryKind> = new Set<EntryKind>([
  "connect",
  "emit",
  "request",
  "cut",
  "leave",
  "hinder",
  "run",
]);

/** Entries that are kept at most. What a server printed is dropped first, the oldest before all. */
const LIMIT = 5_000;

export class Timeline {
  readonly #began = performance.now();
  #entries: Entry[] = [];
  #listeners = new Set<(entry: Entry) => void>();

  add(entry: Omit<Entry, "at">): Entry {
    const complete = { at: performance.now() - this.#began, ...entry };
    this.#entries.push(complete);
    if (this.#entries.length > LIMIT) this.#makeRoom();
    for (const listener of this.#listeners) listener(complete);
    return complete;
  }

  #makeRoom(): void {
    const half = this.#entries.length / 2;
    const kept = this.#entries.filter(
      ({ kind }, index) => kind !== "console" || index > half,
    );
    this.#entries =
      kept.length < this.#entries.length ? kept : this.#entries.slice(half);
  }

  /** Calls `listener` for every entry from now on; the function it returns ends that. */
  follow(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everything since that moment, oldest first. */
  since(entry: Entry | undefined): readonly Entry[] {
    return entry === undefined
      ? this.#entries
      : this.#entries.filter((other) => other.at >= entry.at);
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }
}

/**
 * What the check did, as one sentence: the last few steps.
 *
 * @param steps how many steps to name at most; when there were more, the sentence says so
 */
export function whatWasDone(entries: readonly Entry[], steps = 4): string {
  const all = entries.filter((entry) => done.has(entry.kind));
  const connects = all.filter((entry) => entry.kind === "connect");
  const others = all.filter((entry) => entry.kind !== "connect");
  const names = [...new Set(connects.map((entry) => entry.lane))];
  const told = others.slice(-steps).map((entry) => say(entry));
  if (others.length > steps) told.unshift("…");
  if (names.length > 0) told.unshift(`${list(names)} connected`);
  return told.join("; ");
}

function say(entry: Entry): string {
  return ["http", "server", "database", "program"].includes(entry.lane)
    ? entry.text
    : `${entry.lane} ${entry.text}`;
}

/** `Alice, Bob and Carol` */
export function list(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/**
 * Puts names in the place of socket ids, which nobody can tell apart.
 *
 * @returns a function that does that to a text, for the clients of these entries
 */
export function withNames(entries: readonly Entry[]): (text: string) => string {
  const connected = entries.filter(({ kind }) => kind === "connected");
  return (text) =>
    connected.reduce((result, { lane, data }) => {
      const { id } = data as { id: string };
      return result
        .replaceAll(`'${id}'`, `‹id of ${lane}›`)
        .replaceAll(id, `‹id of ${lane}›`);
    }, text);
}
