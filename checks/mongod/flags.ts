import { claimed } from "./engine.ts";

/** What the command line asked for. */
export interface Flags {
  port: number;
  host: string;
  dbpath: string | undefined;
  replicaSet: string | undefined;
  /** Make the replica set at once, without waiting for `replSetInitiate`. */
  initiate: boolean;
  /** End when the process that started this one is gone. */
  exitWithParent: boolean;
}

/** A command line that the engine cannot follow: the message says why. */
export class FlagError extends Error {
  override name = "FlagError";
}

/** Flags of mongod that take a value. */
const valued = new Set([
  "port",
  "bind_ip",
  "dbpath",
  "storageEngine",
  "replSet",
]);

/** Flags without one; the last two are our own. */
const bare = new Set([
  "noauth",
  "quiet",
  "help",
  "version",
  "initiate",
  "exitWithParent",
]);

/** Flags of mongod that promise what the engine does not have. */
const refused: Record<string, string> = {
  auth: "The built-in engine has no users. Use a real mongod for --auth.",
  tlsMode:
    "The built-in engine speaks no TLS itself: put a TLS front before it.",
  sslMode:
    "The built-in engine speaks no TLS itself: put a TLS front before it.",
  config: "The built-in engine reads no configuration file: use flags.",
  fork: "The built-in engine stays in the foreground.",
  shardsvr: "The built-in engine has no sharding.",
  configsvr: "The built-in engine has no sharding.",
};

export const help = `The workshop's built-in MongoDB engine: data in memory, for lessons and tests only.

  --port <number>      where to listen (27017)
  --bind_ip <address>  on which address (127.0.0.1)
  --replSet <name>     as a replica set of one, once replSetInitiate has been sent
  --initiate           with --replSet: make the replica set at once
  --dbpath <folder>    accepted for mongod's sake; nothing is written there
  --exitWithParent     end when the process that started this one is gone
  --version, --help
`;

export const versionText = `db version v${claimed.version}
Build Info: {
    "version": "${claimed.version}",
    "builtInEngine": true
}
`;

/**
 * Reads a command line.
 *
 * @returns flags, or a text to print instead of starting
 * @throws FlagError for a flag that is unknown or cannot be followed
 */
export function parseFlags(words: string[]): Flags | string {
  const given = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const [, name = "", value] = /^--?([A-Za-z_]+)(?:=(.*))?$/.exec(word) ?? [];
    const reason = refused[name];
    if (reason) throw new FlagError(`${word}: ${reason}`);
    if (bare.has(name)) given.set(name, "");
    else if (!valued.has(name))
      throw new FlagError(
        `Error parsing command line: unrecognised option '${word}'`,
      );
    else {
      const text = value ?? words[++i];
      if (text === undefined)
        throw new FlagError(
          `Error parsing command line: ${word} needs a value`,
        );
      given.set(name, text);
    }
  }
  if (given.has("version")) return versionText;
  if (given.has("help")) return help;
  return flagsFrom(given);
}

function flagsFrom(given: Map<string, string>): Flags {
  const port = Number(given.get("port") ?? 27017);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new FlagError(
      `Invalid --port ${given.get("port")}: it must be 0 to 65535`,
    );
  const engine = given.get("storageEngine") ?? "wiredTiger";
  if (engine !== "wiredTiger")
    throw new FlagError(
      `--storageEngine ${engine}: only wiredTiger is played here, in memory`,
    );
  return {
    port,
    // Of several addresses the first is taken: a workshop listens on loopback.
    host: given.get("bind_ip")?.split(",")[0] ?? "127.0.0.1",
    dbpath: given.get("dbpath"),
    replicaSet: given.get("replSet"),
    initiate: given.has("initiate"),
    exitWithParent: given.has("exitWithParent"),
  };
}
