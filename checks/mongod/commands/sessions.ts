import { Binary, UUID } from "bson";
import { isDocument, type Document } from "../bson/values.ts";
import type { Command, Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";
import { withWriteConcern } from "./write-concern.ts";

function ids(list: unknown): Document[] {
  return Array.isArray(list) ? list.filter(isDocument) : [];
}

function commit(invocation: Invocation): Document {
  const { engine, session } = invocation;
  if (!session) throw outside();
  engine.sessions.commit(invocation, session);
  return withWriteConcern(invocation, {});
}

function abort(invocation: Invocation): Document {
  const { engine, session } = invocation;
  if (!session) throw outside();
  engine.sessions.abort(session);
  return withWriteConcern(invocation, {});
}

function outside() {
  return new CommandError(
    "InvalidOptions",
    "commitTransaction and abortTransaction need a session and a transaction number",
  );
}

const ending: Command["fields"] = {
  commitTransaction: "any",
  abortTransaction: "any",
  recoveryToken: "document",
};

const nothing = () => ({});

/** Commands about sessions and their transactions. */
export const sessionCommands: Record<string, Command> = {
  startSession: {
    fields: { startSession: "any" },
    run: () => ({
      id: { id: new UUID().toBinary() satisfies Binary },
      timeoutMinutes: 30,
    }),
  },
  endSessions: {
    fields: { endSessions: "array" },
    run: ({ engine, command }) => {
      engine.sessions.end(ids(command.endSessions));
      return {};
    },
  },
  killSessions: {
    fields: { killSessions: "array" },
    run: ({ engine, command }) => {
      engine.sessions.end(ids(command.killSessions));
      return {};
    },
  },
  killAllSessions: {
    fields: { killAllSessions: "array" },
    run: ({ engine }) => {
      engine.sessions.endAll();
      return {};
    },
  },
  refreshSessions: { fields: { refreshSessions: "array" }, run: nothing },
  commitTransaction: { fields: ending, run: commit },
  abortTransaction: { fields: ending, run: abort },
};
