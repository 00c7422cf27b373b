import { toBigInt } from "../bson/numbers.ts";
import { keyOf } from "../bson/order.ts";
import { isDocument, type Document } from "../bson/values.ts";
import { cut, type Command, type Invocation, type Reply } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { injected } from "../fail-points.ts";
import type { Collection } from "../store/collection.ts";
import type { Store } from "../store/store.ts";
import { Transaction } from "./transactions.ts";

/** What a client's logical session remembers. */
export interface Session {
  id: Document;
  /** The number of its latest retryable write or transaction. */
  number: bigint;
  /** The reply to the retryable write of that number, given again when it is sent again. */
  reply: Reply | undefined;
  transaction: Transaction | undefined;
}

/** Sessions beyond this many are forgotten, the oldest first, if they hold no transaction. */
const mostSessions = 10_000;

/** mongod ends a transaction whose client has not ended it after a minute. */
const transactionLimitMS = 60_000;

/**
 * The sessions of all clients: retryable writes are carried out once, and commands of a
 * transaction see its view of the data.
 *
 * @see https://www.mongodb.com/docs/manual/reference/server-sessions/
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #active = new Set<Transaction>();
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    store.observers.push({
      beforeChange: (collection: Collection) => {
        for (const transaction of this.#active) transaction.keep(collection);
      },
      changed: () => {},
    });
  }

  /** Runs a command as part of what its `lsid` and `txnNumber` say. */
  run(invocation: Invocation, command: Command): ReturnType<Command["run"]> {
    const { lsid, txnNumber } = invocation.command;
    if (txnNumber === undefined) return command.run(invocation);
    if (!invocation.engine.replicaSet)
      throw new CommandError(
        "IllegalOperation",
        "Transaction numbers are only allowed on a replica set member or mongos",
      );
    if (!isDocument(lsid))
      throw new CommandError(
        "InvalidOptions",
        "Transaction number requires a session ID to also be specified",
      );
    const session = this.#session(lsid);
    this.#proceed(session, toBigInt(txnNumber) ?? -1n);
    const inSession = { ...invocation, session };
    return invocation.command.autocommit === undefined
      ? this.#runOnce(inSession, session, command)
      : this.#runInTransaction(inSession, session, command);
  }

  #session(lsid: Document): Session {
    const key = keyOf(lsid.id);
    const known = this.#sessions.get(key);
    if (known) return known;
    const session: Session = {
      id: lsid,
      number: -1n,
      reply: undefined,
      transaction: undefined,
    };
    this.#sessions.set(key, session);
    for (const [oldest, { transaction }] of this.#sessions) {
      if (this.#sessions.size <= mostSessions) break;
      if (transaction?.state !== "active") this.#sessions.delete(oldest);
    }
    return session;
  }

  /** @throws CommandError 225 (TransactionTooOld) for a number before the latest */
  #proceed(session: Session, number: bigint) {
    if (number < session.number)
      throw new CommandError(
        "TransactionTooOld",
        `Cannot start transaction with number ${number} on the session because a newer ` +
          `transaction with number ${session.number} has already started`,
      );
    if (number === session.number) return;
    this.abort(session);
    session.number = number;
    session.reply = undefined;
    session.transaction = undefined;
  }

  /** @see https://www.mongodb.com/docs/manual/core/retryable-writes/ */
  #runOnce(invocation: Invocation, session: Session, command: Command) {
    if (session.reply) return again(session.reply);
    const fault = invocation.engine.failPoints.take(
      "onPrimaryTransactionalWrite",
    );
    const code = fault?.failBeforeCommitExceptionCode;
    if (code !== undefined) {
      if (fault?.closeConnection !== false) return cut;
      throw injected(
        code,
        "Failing write via 'onPrimaryTransactionalWrite' failpoint",
      );
    }
    const reply = command.run(invocation);
    if (reply instanceof Promise || reply === cut) return reply;
    session.reply = reply;
    return fault && fault.closeConnection !== false ? cut : reply;
  }

  #runInTransaction(
    invocation: Invocation,
    session: Session,
    command: Command,
  ) {
    const { name } = invocation;
    this.#endForgotten();
    if (invocation.command.startTransaction) this.#begin(session);
    const transaction = this.#current(session, name);
    if (name === "commitTransaction" || name === "abortTransaction")
      return command.run(invocation);
    if (!command.inTransaction) {
      this.abort(session);
      throw new CommandError(
        "OperationNotSupportedInTransaction",
        `Cannot run '${name}' in a multi-document transaction.`,
      );
    }
    try {
      const reply = command.run({ ...invocation, catalog: transaction });
      // A statement that failed undoes the whole transaction.
      if (
        !(reply instanceof Promise) &&
        reply !== cut &&
        "writeErrors" in reply
      )
        this.abort(session);
      return reply;
    } catch (error) {
      this.abort(session);
      throw error;
    }
  }

  /** Else a client that has gone would keep what it wrote to itself for ever. */
  #endForgotten() {
    for (const transaction of this.#active) {
      if (Date.now() - transaction.started < transactionLimitMS) continue;
      transaction.abort();
      this.#active.delete(transaction);
    }
  }

  #begin(session: Session) {
    if (session.transaction)
      throw new CommandError(
        50911,
        `Cannot start a transaction at given transaction number ${session.number} a transaction ` +
          "with the same number is already in progress",
      );
    session.transaction = new Transaction(this.#store, this.#active);
    this.#active.add(session.transaction);
  }

  #current({ transaction, number }: Session, name: string): Transaction {
    if (transaction?.state === "active") return transaction;
    if (transaction && name === "commitTransaction") return transaction;
    if (transaction?.state === "committed")
      throw new CommandError(
        "TransactionCommitted",
        `Transaction with number ${number} has been committed.`,
      );
    throw noTransaction(number);
  }

  /** Ends a session's transaction by making its changes everybody's. */
  commit(invocation: Invocation, { id, number, transaction }: Session): void {
    if (transaction?.state === "committed") return;
    if (transaction?.state !== "active") throw noTransaction(number);
    this.#active.delete(transaction);
    const identity = { lsid: id, txnNumber: invocation.command.txnNumber };
    transaction.commit((tell) =>
      invocation.engine.oplog.inTransaction(identity, tell),
    );
  }

  /** Ends a session's transaction without a trace, if there is one. */
  abort({ transaction }: Session): void {
    if (transaction?.state !== "active") return;
    transaction.abort();
    this.#active.delete(transaction);
  }

  /** Forgets sessions and aborts their transactions. */
  end(ids: Document[]): void {
    for (const id of ids) {
      const session = this.#sessions.get(keyOf(id.id));
      if (session) this.abort(session);
      this.#sessions.delete(keyOf(id.id));
    }
  }

  endAll(): void {
    this.end([...this.#sessions.values()].map((session) => session.id));
  }
}

function noTransaction(number: bigint) {
  return new CommandError(
    "NoSuchTransaction",
    `Given transaction number ${number} does not match any in-progress transactions.`,
  );
}

/** The reply to a write that was carried out before. */
function again(reply: Reply): Reply {
  return "n" in reply || "nInserted" in reply
    ? { ...reply, retriedStmtIds: [0] }
    : { ...reply, retriedStmtId: 0 };
}
