import { Binary, Long } from "bson";
import { firstKey, isDocument, type Document } from "./bson/values.ts";
import { commands } from "./commands/all.ts";
import { checkCommand, checkFields, type Fields } from "./commands/fields.ts";
import { Cursors } from "./cursors.ts";
import {
  asCommandError,
  CommandError,
  isResumable,
  isRetryable,
} from "./errors.ts";
import { FailPoints, type Failure } from "./fail-points.ts";
import { Deadline } from "./query/select.ts";
import { Oplog } from "./replication/oplog.ts";
import type { ReplicaSet } from "./replication/replica-set.ts";
import { Sessions, type Session } from "./replication/sessions.ts";
import { Expiry } from "./store/expiry.ts";
import { Store, type Catalog } from "./store/store.ts";

/** What the engine claims to be: MongoDB 8.0, which speaks wire version 25. */
export const claimed = { version: "8.0.0", wireVersion: 25 } as const;

export interface EngineOptions {
  host: string;
  /** Known once the engine listens. */
  port: number;
  /** The name of the replica set that the engine may be made into. */
  replicaSet?: string | undefined;
  /** Writes one line to the server's log. */
  log(message: string): void;
  /** Carries out the command `shutdown`. */
  shutdown(): void;
}

/** A client's connection. */
export interface Connection {
  id: number;
  remote: string;
  /** Aborted when the client has gone. */
  gone: AbortSignal;
  appName?: string;
}

/** One command on its way through the engine. */
export interface Invocation {
  engine: Engine;
  name: string;
  command: Document;
  database: string;
  connection: Connection;
  /** Where collections are found: the store, or the view of the session's transaction. */
  catalog: Catalog;
  deadline: Deadline;
  session: Session | undefined;
}

/** Instead of a reply: the connection is cut. */
export const cut = "close the connection";

export type Reply = Document;

export interface Command {
  /** The command's own fields; "unchecked" where clients add to them freely. */
  fields: Fields | "unchecked";
  /** Whether a transaction may contain it. */
  inTransaction?: boolean;
  run(invocation: Invocation): Reply | Promise<Reply> | typeof cut;
}

/** Holds the data and answers commands; knows nothing of sockets. */
export class Engine {
  readonly options: EngineOptions;
  readonly started = Date.now();
  readonly store = new Store();
  readonly oplog = new Oplog();
  readonly cursors = new Cursors();
  readonly sessions: Sessions;
  readonly failPoints = new FailPoints();
  readonly expiry = new Expiry(this.store);
  replicaSet: ReplicaSet | undefined;
  /** How many clients are connected, kept up to date by the server. */
  connections = 0;
  #replies = 1;

  constructor(options: EngineOptions) {
    this.options = options;
    this.sessions = new Sessions(this.store);
    if (options.replicaSet !== undefined) this.store.observers.push(this.oplog);
  }

  nextReplyId(): number {
    this.#replies = (this.#replies + 1) & 0x7fffffff;
    return this.#replies;
  }

  /** Answers a command. Never rejects: what goes wrong is in the reply. */
  async run(
    command: Document,
    connection: Connection,
  ): Promise<Reply | typeof cut> {
    const name = firstKey(command) ?? "";
    try {
      const failure = this.failPoints.failureFor(name, connection.appName);
      const deadline = new Deadline(
        name === "getMore" ? undefined : command.maxTimeMS,
      );
      if (failure?.delay) await pause(failure.delay);
      if (failure?.cut) return cut;
      if (failure?.error) throw failure.error;
      const reply = await this.#carryOut(name, command, connection, deadline);
      return reply === cut
        ? cut
        : this.#finish(withFailure(reply, failure, command));
    } catch (error) {
      return this.errorReply(error, command);
    }
  }

  #carryOut(
    name: string,
    command: Document,
    connection: Connection,
    deadline: Deadline,
  ) {
    const definition = Object.hasOwn(commands, name)
      ? commands[name]
      : undefined;
    if (!definition)
      throw new CommandError("CommandNotFound", `no such command: '${name}'`);
    if (definition.fields !== "unchecked")
      checkCommand(command, definition.fields);
    checkGeneric(command);
    deadline.check();
    const invocation: Invocation = {
      engine: this,
      name,
      command,
      database: typeof command.$db === "string" ? command.$db : "admin",
      connection,
      catalog: this.store,
      deadline,
      session: undefined,
    };
    return this.sessions.run(invocation, definition);
  }

  #finish(reply: Reply): Reply {
    const full: Reply = "ok" in reply ? reply : { ...reply, ok: 1 };
    if (!this.replicaSet) return full;
    const time = this.oplog.now();
    const signature = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };
    return {
      ...full,
      $clusterTime: { clusterTime: time, signature },
      operationTime: time,
    };
  }

  /** The reply for a command that failed. */
  errorReply(thrown: unknown, command: Document = {}): Reply {
    const error = asCommandError(thrown);
    const labels = error.labels ?? labelsFor(error.code, command);
    return this.#finish({
      ok: 0,
      errmsg: error.message,
      code: error.code,
      codeName: error.codeName,
      ...error.details,
      ...(labels.length > 0 ? { errorLabels: labels } : {}),
    });
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function withFailure(
  reply: Reply,
  failure: Failure | undefined,
  command: Document,
): Reply {
  const writeConcernError = failure?.writeConcernError;
  if (!writeConcernError) return reply;
  const labels =
    failure.labels ??
    (command.txnNumber !== undefined &&
    isRetryable(Number(writeConcernError.code))
      ? ["RetryableWriteError"]
      : []);
  return {
    ...reply,
    writeConcernError,
    ...(labels.length > 0 ? { errorLabels: labels } : {}),
  };
}

const readConcerns = new Set([
  "local",
  "majority",
  "available",
  "linearizable",
  "snapshot",
]);

const readConcernFields: Fields = {
  level: "string",
  afterClusterTime: "any",
  provenance: "string",
};

const writeConcernFields: Fields = {
  w: "any",
  j: "bool",
  wtimeout: "number",
  provenance: "string",
};

/** @throws CommandError 322 for an API version other than 1, 9 and 115 for read concerns */
function checkGeneric({
  apiVersion,
  readConcern,
  writeConcern,
  autocommit,
}: Document) {
  if (apiVersion !== undefined && apiVersion !== "1")
    throw new CommandError(
      322,
      `Cannot accept API version ${String(apiVersion)}: only "1" is known`,
    );
  if (isDocument(writeConcern))
    checkFields("writeConcern", writeConcern, writeConcernFields);
  if (!isDocument(readConcern)) return;
  checkFields("readConcern", readConcern, readConcernFields);
  const { level } = readConcern;
  if (level === undefined) return;
  if (typeof level !== "string" || !readConcerns.has(level))
    throw new CommandError(
      "FailedToParse",
      `Either an unknown read concern level or none was given: ${String(level)}`,
    );
  if (level === "snapshot" && autocommit === undefined)
    throw new CommandError(
      "CommandNotSupported",
      "read concern snapshot outside of a transaction is not supported by the built-in engine",
    );
}

/**
 * The labels by which drivers know what they may do after an error.
 *
 * @see https://github.com/mongodb/specifications/blob/master/source/transactions/transactions.md
 */
function labelsFor(code: number, command: Document): string[] {
  const name = firstKey(command);
  const ending = name === "commitTransaction" || name === "abortTransaction";
  if (command.autocommit === false) {
    if (ending && isRetryable(code)) return ["RetryableWriteError"];
    const conflict = [112, 251, 24].includes(code);
    const transient = conflict || (!ending && isRetryable(code));
    return transient && name !== "abortTransaction"
      ? ["TransientTransactionError"]
      : [];
  }
  if (command.txnNumber !== undefined && isRetryable(code))
    return ["RetryableWriteError"];
  const [firstStage] = Array.isArray(command.pipeline)
    ? (command.pipeline as unknown[])
    : [];
  const streaming =
    name === "getMore" ||
    (name === "aggregate" &&
      isDocument(firstStage) &&
      "$changeStream" in firstStage);
  return streaming && isResumable(code) ? ["ResumableChangeStreamError"] : [];
}
