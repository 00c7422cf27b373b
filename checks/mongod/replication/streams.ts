import type { Timestamp } from "bson";
import { checkPipeline, runPipeline } from "../aggregate/aggregate.ts";
import { equal } from "../bson/order.ts";
import {
  bsonClass,
  firstKey,
  isDocument,
  type Document,
} from "../bson/values.ts";
import { checkFields, type Fields } from "../commands/fields.ts";
import type { Cursor } from "../cursors.ts";
import type { Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import {
  commonFields,
  eventFor,
  expandedEvents,
  tokenFor,
  type LookUp,
} from "./change-events.ts";
import type { LogEntry, Oplog } from "./oplog.ts";

const streamFields: Fields = {
  allChangesForCluster: "bool",
  fullDocument: "string",
  fullDocumentBeforeChange: "string",
  resumeAfter: "document",
  showExpandedEvents: "bool",
  startAfter: "document",
  startAtOperationTime: "any",
};

/** The stages that may follow `$changeStream`. */
const allowedStages = new Set([
  "$addFields",
  "$changeStreamSplitLargeEvent",
  "$match",
  "$project",
  "$redact",
  "$replaceRoot",
  "$replaceWith",
  "$set",
  "$unset",
]);

/** What a stream watches: a collection, a database, or everything. */
type Scope =
  | { kind: "collection"; database: string; collection: string }
  | { kind: "database"; database: string }
  | { kind: "cluster" };

/**
 * Opens a change stream.
 *
 * @see https://www.mongodb.com/docs/manual/changeStreams/
 * @param target the collection; undefined for the whole database
 * @throws CommandError 40573 on a standalone, 20 for a stage that may not follow, 286 for a
 *   token from before the log's beginning
 */
export function openChangeStream(
  { engine, database, command }: Invocation,
  target: string | undefined,
): Cursor {
  if (!engine.replicaSet)
    throw new CommandError(
      40573,
      "The $changeStream stage is only supported on replica sets",
    );
  checkPipeline(command.pipeline);
  const [first, ...rest] = command.pipeline;
  const options = first?.$changeStream;
  checkFields("$changeStream", options, streamFields);
  for (const stage of rest) {
    const name = firstKey(stage) ?? "";
    if (!allowedStages.has(name))
      throw new CommandError(
        "IllegalOperation",
        `${name} is not permitted in a $changeStream pipeline`,
      );
  }
  if (options.allChangesForCluster && database !== "admin")
    throw new CommandError(
      "InvalidOptions",
      "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin' database",
    );
  const scope: Scope = options.allChangesForCluster
    ? { kind: "cluster" }
    : target === undefined
      ? { kind: "database", database }
      : { kind: "collection", database, collection: target };
  return new ChangeStream(
    engine.oplog,
    scope,
    options,
    rest.filter((stage) => !("$changeStreamSplitLargeEvent" in stage)),
    `${database}.${target ?? "$cmd.aggregate"}`,
    (change) =>
      engine.store
        .collection(change.collection.database, change.collection.name)
        ?.documents.get(change.key),
  );
}

class ChangeStream implements Cursor {
  readonly namespace: string;
  done = false;
  interrupt?: ((error: CommandError) => void) | undefined;
  readonly #log: Oplog;
  readonly #scope: Scope;
  readonly #options: Document;
  readonly #pipeline: Document[];
  readonly #lookUp: LookUp;
  #position: number;

  constructor(
    log: Oplog,
    scope: Scope,
    options: Document,
    pipeline: Document[],
    namespace: string,
    lookUp: LookUp,
  ) {
    this.#log = log;
    this.#scope = scope;
    this.#options = options;
    this.#pipeline = pipeline;
    this.namespace = namespace;
    this.#lookUp = lookUp;
    this.#position = startOf(options, log);
  }

  take(count: number): Document[] {
    const batch: Document[] = [];
    while (
      !this.done &&
      batch.length < count &&
      this.#position < this.#log.end
    ) {
      const entry = this.#log.entry(this.#position);
      if (!entry) throw historyLost();
      this.#position++;
      if (!this.#concerns(entry)) continue;
      batch.push(
        ...this.#transformed(eventFor(entry, this.#options, this.#lookUp)),
      );
      if (this.#invalidates(entry)) {
        batch.push({ ...commonFields(entry), operationType: "invalidate" });
        this.done = true;
      }
    }
    return batch;
  }

  resumeToken(): Document {
    return tokenFor(this.#position);
  }

  onMore(callback: () => void): () => void {
    return this.#log.onChange(callback);
  }

  #concerns({ change }: LogEntry): boolean {
    if (expandedEvents.has(change.type) && !this.#options.showExpandedEvents)
      return false;
    const database = databaseOf(change);
    const scope = this.#scope;
    if (scope.kind === "cluster")
      return !["admin", "config", "local"].includes(database);
    if (database !== scope.database) return false;
    if (scope.kind === "database") return true;
    return (
      change.type !== "dropDatabase" &&
      change.collection?.name === scope.collection
    );
  }

  #invalidates({ change }: LogEntry): boolean {
    if (this.#scope.kind === "collection")
      return change.type === "drop" || change.type === "rename";
    return this.#scope.kind === "database" && change.type === "dropDatabase";
  }

  /** @throws CommandError 280 where the pipeline changes the resume token */
  #transformed(event: Document): Document[] {
    const events = runPipeline([event], this.#pipeline, {});
    for (const { _id } of events)
      if (!equal(_id, event._id))
        throw new CommandError(
          "ChangeStreamFatalError",
          "Encountered an event whose _id field, which contains the resume token, was modified by " +
            "the pipeline. Modifying the _id field of an event makes it impossible to resume the " +
            "stream from that point. Only transformations that retain the unmodified _id field are allowed.",
        );
    return events;
  }
}

function databaseOf(change: LogEntry["change"]): string {
  return "key" in change ? change.collection.database : change.database;
}

function startOf(options: Document, log: Oplog): number {
  const token = options.resumeAfter ?? options.startAfter;
  if (isDocument(token)) {
    const data = token._data;
    if (typeof data !== "string" || !/^[0-9A-F]{16}$/i.test(data))
      throw new CommandError(
        50811,
        "The resume token is not one of this server",
      );
    const position = Number.parseInt(data, 16);
    if (position < log.start || position > log.end) throw historyLost();
    return position;
  }
  const time = options.startAtOperationTime;
  return bsonClass(time) === "Timestamp"
    ? log.since(time as Timestamp)
    : log.end;
}

function historyLost() {
  return new CommandError(
    "ChangeStreamHistoryLost",
    "Resume of change stream was not possible, as the resume point may no longer be in the oplog.",
  );
}
