import { isNumber, toNumber } from "../bson/numbers.ts";
import { isDocument, type Document } from "../bson/values.ts";
import type { Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";

/**
 * The reply to a write with what its write concern makes of it: one member can acknowledge for
 * itself and for the majority, and for nobody else.
 *
 * @see https://www.mongodb.com/docs/manual/reference/write-concern/
 * @throws CommandError 2 where a standalone is asked for more than itself
 */
export function withWriteConcern(
  { engine, command }: Invocation,
  reply: Document,
): Document {
  const { writeConcern } = command;
  if (!isDocument(writeConcern)) return reply;
  const { w } = writeConcern;
  const mode = typeof w === "string" && w !== "majority" ? w : undefined;
  const many = isNumber(w) && toNumber(w) > 1;
  if (!many && mode === undefined) return reply;
  if (!engine.replicaSet)
    throw new CommandError(
      "BadValue",
      many
        ? "cannot use 'w' > 1 when a host is not replicated"
        : `cannot use non-majority 'w' mode ${mode} when a host is not a member of a replica set`,
    );
  if (mode !== undefined)
    return {
      ...reply,
      writeConcernError: {
        code: 79,
        codeName: "UnknownReplWriteConcern",
        errmsg: `No write concern mode named '${mode}' found in replica set configuration`,
      },
    };
  return {
    ...reply,
    writeConcernError: {
      code: 100,
      codeName: "UnsatisfiableWriteConcern",
      errmsg: "Not enough data-bearing nodes",
      errInfo: {
        writeConcern: {
          w,
          wtimeout: writeConcern.wtimeout ?? 0,
          provenance: "clientSupplied",
        },
      },
    },
  };
}
