import { calculateObjectSize, Long } from "bson";
import { toBigInt, toNumber } from "./bson/numbers.ts";
import { isDocument, type Document } from "./bson/values.ts";
import { CommandError } from "./errors.ts";

/** A result that is fetched in batches. */
export interface Cursor {
  namespace: string;
  /** Takes the next documents, at most so many. */
  take(count: number): Document[];
  /** Whether nothing more can ever come. */
  readonly done: boolean;
  /** Of a change stream: where it stands. */
  resumeToken?(): Document;
  /** Of a change stream: calls back once after something may have come. Returns the undoing. */
  onMore?(callback: () => void): () => void;
  /** Ends a wait because the cursor was killed. */
  interrupt?: ((error: CommandError) => void) | undefined;
}

/** How many documents the first batch holds when the client does not say. */
const firstBatchSize = 101;
const batchBytes = 16 * 1024 * 1024;

/** As in mongod, a cursor that nobody has used for ten minutes is forgotten. */
const idleLimitMS = 600_000;

/** A cursor over documents that are all there. */
export class ListCursor implements Cursor {
  readonly namespace: string;
  readonly #documents: Document[];
  #position = 0;

  constructor(namespace: string, documents: Document[]) {
    this.namespace = namespace;
    this.#documents = documents;
  }

  get done(): boolean {
    return this.#position >= this.#documents.length;
  }

  take(count: number): Document[] {
    const batch: Document[] = [];
    let bytes = 0;
    while (batch.length < count && this.#position < this.#documents.length) {
      const document = this.#documents[this.#position] as Document;
      bytes += calculateObjectSize(document, { ignoreUndefined: true }) + 16;
      if (bytes > batchBytes && batch.length > 0) break;
      batch.push(document);
      this.#position++;
    }
    return batch;
  }
}

/** The cursors that clients have open, by their ids. */
export class Cursors {
  readonly #open = new Map<bigint, { cursor: Cursor; used: number }>();
  #next = 1n;

  /**
   * The reply to a command that gives a cursor.
   *
   * @param command its `cursor.batchSize` or `batchSize` and its `singleBatch` count
   */
  firstReply(cursor: Cursor, command: Document): Document {
    const asked = isDocument(command.cursor)
      ? command.cursor.batchSize
      : command.batchSize;
    const size = asked === undefined ? firstBatchSize : batchSize(asked);
    const single = command.singleBatch === true;
    const firstBatch = cursor.take(size === 0 && single ? 1 : size);
    const id = cursor.done || single ? 0n : this.#add(cursor);
    return { cursor: { firstBatch, ...reply(cursor, id) } };
  }

  #add(cursor: Cursor): bigint {
    const now = Date.now();
    // Oldest first, because a cursor that is used moves to the end.
    for (const [id, { used }] of this.#open) {
      if (now - used < idleLimitMS) break;
      this.kill(Long.fromBigInt(id));
    }
    const id = this.#next++;
    this.#open.set(id, { cursor, used: now });
    return id;
  }

  /** @throws CommandError 43 (CursorNotFound), 13 for another namespace than the cursor's */
  find(id: unknown, namespace: string): Cursor {
    const key = toBigInt(id) ?? 0n;
    const cursor = this.#open.get(key)?.cursor;
    if (!cursor)
      throw new CommandError(
        "CursorNotFound",
        `cursor id ${String(id)} not found`,
      );
    if (cursor.namespace !== namespace)
      throw new CommandError(
        "Unauthorized",
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    this.#open.delete(key);
    this.#open.set(key, { cursor, used: Date.now() });
    return cursor;
  }

  /** The reply to a getMore; a cursor that is done is forgotten. */
  nextReply(id: unknown, cursor: Cursor, nextBatch: Document[]): Document {
    const key = toBigInt(id) ?? 0n;
    if (cursor.done) this.#open.delete(key);
    return { cursor: { nextBatch, ...reply(cursor, cursor.done ? 0n : key) } };
  }

  /** @returns whether there was such a cursor */
  kill(id: unknown): boolean {
    const key = toBigInt(id) ?? 0n;
    const cursor = this.#open.get(key)?.cursor;
    cursor?.interrupt?.(
      new CommandError(
        "CursorKilled",
        "operation was interrupted because its cursor was killed",
      ),
    );
    return this.#open.delete(key);
  }
}

function reply(cursor: Cursor, id: bigint): Document {
  const token = cursor.resumeToken?.();
  return {
    ...(token ? { postBatchResumeToken: token } : {}),
    id: Long.fromBigInt(id),
    ns: cursor.namespace,
  };
}

/** @throws CommandError 2 for a negative size */
export function batchSize(value: unknown): number {
  const size = toNumber(value);
  if (!(size >= 0))
    throw new CommandError(
      51024,
      `BSON field 'batchSize' value must be >= 0, actual value '${String(value)}'`,
    );
  return size;
}
