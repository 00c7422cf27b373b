import type { Command } from "../engine.ts";
import { adminCommands } from "./admin.ts";
import { aggregateCommands } from "./aggregate.ts";
import { bulkWriteCommands } from "./bulk-write.ts";
import { collModCommands } from "./coll-mod.ts";
import { collectionCommands } from "./collections.ts";
import { cursorCommands } from "./cursors.ts";
import { explainCommands } from "./explain.ts";
import { handshakeCommands } from "./handshake.ts";
import { indexCommands } from "./indexes.ts";
import { readCommands } from "./read.ts";
import { replicaSetCommands } from "./replica-set.ts";
import { sessionCommands } from "./sessions.ts";
import { writeCommands } from "./write.ts";

/** Every command that the engine knows, by its name on the wire. */
export const commands: Record<string, Command> = {
  ...handshakeCommands,
  ...adminCommands,
  ...readCommands,
  ...writeCommands,
  ...bulkWriteCommands,
  ...aggregateCommands,
  ...cursorCommands,
  ...collectionCommands,
  ...collModCommands,
  ...indexCommands,
  ...explainCommands,
  ...sessionCommands,
  ...replicaSetCommands,
};
