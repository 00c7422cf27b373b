import type { Command, Engine, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { ReplicaSet } from "../replication/replica-set.ts";

function initiate({ engine, command }: Invocation) {
  if (engine.replicaSet)
    throw new CommandError("AlreadyInitialized", "already initialized");
  engine.replicaSet = new ReplicaSet(command.replSetInitiate, engine.options);
  // mongodb-memory-server waits for these two.
  engine.options.log("transition to PRIMARY from SECONDARY");
  engine.options.log(
    "transition to primary complete; database writes are now permitted",
  );
  return {};
}

function setOf({ replicaSet, options }: Engine): ReplicaSet {
  if (options.replicaSet === undefined)
    throw new CommandError(
      "NoReplicationEnabled",
      "not running with --replSet",
    );
  if (replicaSet) return replicaSet;
  throw new CommandError(
    "NotYetInitialized",
    "no replset config has been received",
  );
}

/** Commands about the replica set of one. */
export const replicaSetCommands: Record<string, Command> = {
  replSetInitiate: { fields: { replSetInitiate: "any" }, run: initiate },
  replSetGetStatus: {
    fields: { replSetGetStatus: "any", initialSync: "any" },
    run: ({ engine }) =>
      setOf(engine).status(Math.round((Date.now() - engine.started) / 1000)),
  },
  replSetGetConfig: {
    fields: { replSetGetConfig: "any" },
    run: ({ engine }) => ({ config: setOf(engine).config }),
  },
};
