import { Long } from "bson";
import { toBigInt, toNumber } from "../bson/numbers.ts";
import type { Document } from "../bson/values.ts";
import { batchSize, type Cursor } from "../cursors.ts";
import { cut, type Command, type Invocation } from "../engine.ts";
import type { CommandError } from "../errors.ts";
import { injected } from "../fail-points.ts";

/** How long a change stream waits for an event when the client does not say. */
const usualWaitMS = 1000;

/** @see https://www.mongodb.com/docs/manual/reference/command/getMore/ */
function getMore({ engine, command, database, connection }: Invocation) {
  const id = command.getMore;
  const cursor = engine.cursors.find(
    id,
    `${database}.${String(command.collection)}`,
  );
  const fault = engine.failPoints.take("failGetMoreAfterCursorCheckout");
  if (fault?.closeConnection) return cut;
  if (fault)
    throw injected(
      fault.errorCode,
      "Failing getMore via 'failGetMoreAfterCursorCheckout' failpoint",
    );
  const asked =
    command.batchSize === undefined ? 0 : batchSize(command.batchSize);
  const count = asked === 0 ? Infinity : asked;
  const reply = (batch: Document[]) =>
    engine.cursors.nextReply(id, cursor, batch);
  const batch = cursor.take(count);
  if (batch.length > 0 || cursor.done || !cursor.onMore) return reply(batch);
  const waitMS =
    command.maxTimeMS === undefined ? usualWaitMS : toNumber(command.maxTimeMS);
  return nextBatch(cursor, count, waitMS, connection.gone).then(reply);
}

/** Waits until a cursor has something, for so long at most, and not for a client that has gone. */
function nextBatch(
  cursor: Cursor,
  count: number,
  waitMS: number,
  gone: AbortSignal,
): Promise<Document[]> {
  return new Promise((resolve, reject) => {
    const unsubscribe = cursor.onMore?.(() => {
      // Looked at only after the command that caused it is through.
      queueMicrotask(look);
    });
    const timer = setTimeout(() => settle(() => resolve([])), waitMS);
    const leave = () => settle(() => resolve([]));
    gone.addEventListener("abort", leave);
    cursor.interrupt = (error: CommandError) => settle(() => reject(error));
    let settled = false;

    function look() {
      if (settled) return;
      try {
        const batch = cursor.take(count);
        if (batch.length > 0 || cursor.done) settle(() => resolve(batch));
      } catch (error) {
        settle(() => reject(error as Error));
      }
    }

    function settle(finish: () => void) {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      unsubscribe?.();
      gone.removeEventListener("abort", leave);
      cursor.interrupt = undefined;
      finish();
    }
  });
}

function killCursors({ engine, command }: Invocation): Document {
  const cursorsKilled: Long[] = [];
  const cursorsNotFound: Long[] = [];
  for (const id of command.cursors as unknown[])
    (engine.cursors.kill(id) ? cursorsKilled : cursorsNotFound).push(
      Long.fromBigInt(toBigInt(id) ?? 0n),
    );
  return {
    cursorsKilled,
    cursorsNotFound,
    cursorsAlive: [],
    cursorsUnknown: [],
  };
}

/** Commands about cursors that are open. */
export const cursorCommands: Record<string, Command> = {
  getMore: {
    fields: {
      getMore: "long!",
      collection: "string!",
      batchSize: "number",
      term: "any",
    },
    inTransaction: true,
    run: getMore,
  },
  killCursors: {
    fields: { killCursors: "string!", cursors: "array!" },
    inTransaction: true,
    run: killCursors,
  },
};
