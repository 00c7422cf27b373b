import { dirname } from "node:path";
import {
  MongoInstance,
  MongoMemoryReplSet,
  MongoMemoryServer,
} from "mongodb-memory-server";
import { compiledModule } from "./compiled.ts";

/** A database server of our own, which ends with us. */
export interface DatabaseServer {
  /** Without a database name. */
  uri: string;
  stop(): Promise<void>;
}

/**
 * Starts a server through mongodb-memory-server, the one way in for all of them.
 *
 * @param binary the path of a mongod; undefined for the built-in engine
 * @param replicaSet whether it is to be a replica set, of one member
 * @throws Error with mongod's own words where it does not start
 */
export async function startServer(
  binary: string | undefined,
  replicaSet: boolean,
): Promise<DatabaseServer> {
  const engine =
    binary === undefined
      ? await compiledModule("checks/mongod/main.ts")
      : undefined;
  if (engine !== undefined) playMongod();
  // Node plays mongod: it is there on every machine, and can be started on every system.
  const systemBinary = binary ?? process.execPath;
  // The engine writes nothing: it is given a folder that is there, so that none has to be made,
  // which a full or locked temporary folder would forbid.
  const instance =
    engine === undefined
      ? {}
      : { args: [engineMark + engine], dbPath: dirname(engine) };
  return inEnvironment(
    {
      MONGOMS_SYSTEM_BINARY: undefined,
      MONGOMS_SYSTEM_BINARY_VERSION_CHECK: "false",
    },
    async () => {
      const server = replicaSet
        ? await MongoMemoryReplSet.create({
            binary: { systemBinary },
            instanceOpts: [instance],
            replSet: { count: 1 },
          })
        : await MongoMemoryServer.create({
            binary: { systemBinary },
            instance,
          });
      return {
        uri: server.getUri(),
        stop: async () => {
          await server.stop();
        },
      };
    },
  );
}

/** Marks, among a server's arguments, the script that is to be run in mongod's place. */
const engineMark = "--workshop-engine=";

let playing = false;

/** Teaches mongodb-memory-server to start `node engine.js` with mongod's arguments. */
function playMongod() {
  if (playing) return;
  playing = true;
  const { prototype } = MongoInstance;
  const argumentsOfMongod = prototype.prepareCommandArgs;
  prototype.prepareCommandArgs = function () {
    const all = argumentsOfMongod.call(this);
    const engine = all.find((word) => word.startsWith(engineMark));
    if (engine === undefined) return all;
    const rest = all.filter((word) => word !== engine);
    return [engine.slice(engineMark.length), ...rest, "--exitWithParent"];
  };
}

/** mongodb-memory-server reads variables of the whole process, so servers start one by one. */
let last: Promise<unknown> = Promise.resolve();

/** Runs with some variables set or, with undefined, removed, and puts them back. */
function inEnvironment<T>(
  variables: Record<string, string | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  const turn = last.then(async () => {
    const before = Object.keys(variables).map(
      (name) => [name, process.env[name]] as const,
    );
    set(Object.entries(variables));
    try {
      return await work();
    } finally {
      set(before);
    }
  });
  last = turn.catch(() => {});
  return turn;
}

function set(variables: Iterable<readonly [string, string | undefined]>) {
  for (const [name, value] of variables)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
}
