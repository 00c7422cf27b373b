import { toNumber } from "../bson/numbers.ts";
import type { Document } from "../bson/values.ts";
import { claimed, cut, type Command, type Invocation } from "../engine.ts";
import { CommandError } from "../errors.ts";

function parameters(): Document {
  const [major, minor] = claimed.version.split(".");
  return {
    authenticationMechanisms: [],
    enableTestCommands: true,
    featureCompatibilityVersion: { version: `${major}.${minor}` },
    requireApiVersion: false,
  };
}

function getParameter({ command }: Invocation): Document {
  const all = parameters();
  if (command.getParameter === "*") return all;
  const found = Object.fromEntries(
    Object.entries(all).filter(([name]) => Object.hasOwn(command, name)),
  );
  if (Object.keys(found).length === 0)
    throw new CommandError("InvalidOptions", "no option found to get");
  return found;
}

function configureFailPoint({ engine, command }: Invocation): Document {
  engine.failPoints.configure(
    command.configureFailPoint,
    command.mode,
    command.data,
  );
  return { count: 0 };
}

function serverStatus({ engine, connection }: Invocation): Document {
  const megabyte = 1024 * 1024;
  return {
    host: `${engine.options.host}:${engine.options.port}`,
    version: claimed.version,
    process: "mongod",
    pid: process.pid,
    uptime: Math.round((Date.now() - engine.started) / 1000),
    localTime: new Date(),
    connections: {
      current: engine.connections,
      totalCreated: connection.id,
    },
    mem: {
      bits: 64,
      resident: Math.round(process.memoryUsage().rss / megabyte),
    },
    storageEngine: { name: "built-in", persistent: false },
  };
}

function dbStats({ engine, database }: Invocation): Document {
  const collections = [
    ...(engine.store.databases.get(database)?.values() ?? []),
  ];
  const sum = (count: (collection: (typeof collections)[number]) => number) =>
    collections.reduce((total, collection) => total + count(collection), 0);
  return {
    db: database,
    collections: sum((collection) => Number(!collection.isView)),
    views: sum((collection) => Number(collection.isView)),
    objects: sum((collection) => collection.documents.size),
    indexes: sum((collection) => collection.indexes.length),
  };
}

function collStats({ engine, database, command }: Invocation): Document {
  const collection = engine.store.collection(
    database,
    String(command.collStats),
  );
  return {
    ns: `${database}.${String(command.collStats)}`,
    count: collection?.documents.size ?? 0,
    nindexes: collection?.indexes.length ?? 0,
    capped: collection?.options.capped === true,
  };
}

function setParameter({ engine, command }: Invocation): Document {
  if (command.ttlMonitorSleepSecs === undefined)
    throw new CommandError(
      "InvalidOptions",
      "the built-in engine knows one parameter to set: ttlMonitorSleepSecs",
    );
  return { was: engine.expiry.every(toNumber(command.ttlMonitorSleepSecs)) };
}

function getLog({ command }: Invocation): Document {
  if (command.getLog === "*") return { names: ["global", "startupWarnings"] };
  return { totalLinesWritten: 0, log: [] };
}

/** Commands about the server rather than about data. */
export const adminCommands: Record<string, Command> = {
  getParameter: { fields: "unchecked", run: getParameter },
  setParameter: {
    fields: { setParameter: "any", ttlMonitorSleepSecs: "number" },
    run: setParameter,
  },
  configureFailPoint: {
    fields: { configureFailPoint: "string", mode: "any!", data: "document" },
    run: configureFailPoint,
  },
  serverStatus: { fields: "unchecked", run: serverStatus },
  dbStats: {
    fields: { dbStats: "any", scale: "number", freeStorage: "any" },
    run: dbStats,
  },
  dbstats: {
    fields: { dbstats: "any", scale: "number", freeStorage: "any" },
    run: dbStats,
  },
  collStats: {
    fields: { collStats: "string", scale: "number" },
    run: collStats,
  },
  getLog: { fields: { getLog: "string" }, run: getLog },
  getCmdLineOpts: {
    fields: { getCmdLineOpts: "any" },
    run: () => ({ argv: process.argv.slice(1), parsed: {} }),
  },
  hostInfo: {
    fields: { hostInfo: "any" },
    run: () => ({
      system: { hostname: "localhost" },
      os: { type: process.platform },
      extra: {},
    }),
  },
  currentOp: { fields: "unchecked", run: () => ({ inprog: [] }) },
  shutdown: {
    fields: { shutdown: "any", force: "bool", timeoutSecs: "number" },
    run: ({ engine }) => {
      engine.options.shutdown();
      return cut;
    },
  },
};
