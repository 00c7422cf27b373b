import { limits } from "../bson/encoding.ts";
import { isDocument, type Document } from "../bson/values.ts";
import { claimed, type Command, type Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";

/** @see https://www.mongodb.com/docs/manual/reference/command/hello/ */
function hello({ engine, name, command, connection }: Invocation): Document {
  const { client } = command;
  const application = isDocument(client) ? client.application : undefined;
  if (isDocument(application) && typeof application.name === "string")
    connection.appName = application.name;
  const { replicaSet, options, oplog } = engine;
  const writable = options.replicaSet === undefined || replicaSet !== undefined;
  return {
    helloOk: true,
    [name === "hello" ? "isWritablePrimary" : "ismaster"]: writable,
    maxBsonObjectSize: limits.documentBytes,
    maxMessageSizeBytes: limits.messageBytes,
    maxWriteBatchSize: limits.writeBatch,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: claimed.wireVersion,
    readOnly: false,
    ...(replicaSet?.helloFields(oplog) ??
      (writable
        ? {}
        : {
            isreplicaset: true,
            secondary: false,
            info: "Does not have a valid replica set config",
          })),
  };
}

function buildInfo(): Document {
  const { version } = claimed;
  return {
    version,
    versionArray: [...version.split(".").map(Number), 0],
    gitVersion: "none",
    modules: [],
    allocator: "v8",
    javascriptEngine: "none",
    openssl: { running: process.versions.openssl },
    bits: 64,
    debug: false,
    maxBsonObjectSize: limits.documentBytes,
    storageEngines: ["wiredTiger"],
    builtInEngine: true,
  };
}

function noAuthentication(): never {
  throw new CommandError(
    "AuthenticationFailed",
    "The built-in engine has no users: leave user and password out of the connection string.",
  );
}

// Clients may add to their greeting what older servers do not know.
const greeting: Command = { fields: "unchecked", run: hello };

/** What a client says before it works. */
export const handshakeCommands: Record<string, Command> = {
  hello: greeting,
  isMaster: greeting,
  ismaster: greeting,
  ping: { fields: { ping: "any" }, run: () => ({}) },
  buildInfo: { fields: { buildInfo: "any" }, run: buildInfo },
  buildinfo: { fields: { buildinfo: "any" }, run: buildInfo },
  connectionStatus: {
    fields: { connectionStatus: "any", showPrivileges: "bool" },
    run: () => ({
      authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] },
    }),
  },
  whatsmyuri: {
    fields: { whatsmyuri: "any" },
    run: ({ connection }) => ({ you: connection.remote }),
  },
  saslStart: { fields: "unchecked", run: noAuthentication },
  authenticate: { fields: "unchecked", run: noAuthentication },
};
