import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { MongoClient, type Db } from "mongodb";
import {
  DatabaseProblem,
  chooseDatabase,
  type DatabaseChoice,
} from "./database-choice.ts";
import { fileMemory, type Memory } from "./database-memory.ts";
import { probes } from "./database-probes.ts";
import { startServer, type DatabaseServer } from "./database-server.ts";
import { download } from "./mongod-download.ts";
import { cacheFolder } from "./repository.ts";

export { DatabaseProblem } from "./database-choice.ts";

/** The database of a run: one server, on which each requirement group gets its own database. */
export interface Database {
  /** For clients; without a database name. */
  uri: string;
  engine: "external" | "mongod" | "built-in";
  /** Of the server, such as `8.0.4`. */
  version: string;
  /** One line that names the engine, its version and why it was chosen. */
  line: string;
  /** Why this engine was chosen. */
  why: string;
  client: MongoClient;
  /** A database that nobody else uses. */
  fresh(name?: string): FreshDatabase;
  /** Drops the databases that are left, and ends the server if it is our own. */
  close(): Promise<void>;
}

export interface FreshDatabase {
  name: string;
  db: Db;
  drop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Whether transactions or change streams are needed. */
  replicaSet?: boolean;
  /** Is told how a download gets on. */
  say?: (line: string) => void;
  /** Whether somebody can watch a download. */
  interactive?: boolean;
}

/** How long a server that MONGODB_URI names may take to answer. */
const externalLimitMS = 2000;

/** What was found out about this machine, for a day. */
export function databaseMemory(): Memory {
  return fileMemory(join(dirname(cacheFolder), "workshop-database.json"));
}

/**
 * Opens the database that all checks of a run share.
 *
 * @throws DatabaseProblem where MONGODB_URI or WORKSHOP_MONGO ask for what cannot be had
 */
export async function openDatabase(
  options: DatabaseOptions = {},
): Promise<Database> {
  const { say = () => {}, replicaSet = false } = options;
  const choice = await decide(options);
  const opened = await open(choice, replicaSet, say);
  return connect(opened);
}

/** Which engine would serve, without starting it. */
export function decide({
  interactive = isInteractive(),
}: DatabaseOptions = {}) {
  return chooseDatabase(process.env, probes, databaseMemory(), interactive);
}

function isInteractive(): boolean {
  return process.stdout.isTTY === true && !process.env.CI;
}

interface Opened extends DatabaseServer {
  engine: Database["engine"];
  why: string;
}

async function open(
  choice: DatabaseChoice,
  replicaSet: boolean,
  say: (line: string) => void,
): Promise<Opened> {
  const { why } = choice;
  switch (choice.kind) {
    case "external":
      return { uri: choice.uri, engine: "external", why, stop: async () => {} };
    case "binary":
      return real(choice.path, replicaSet, why);
    case "download": {
      const { path, fault } = await download(say);
      if (path !== undefined) return real(path, replicaSet, why);
      const instead = `mongod cannot be had: ${fault}`;
      refuseIfForced(instead);
      databaseMemory().write({ kind: "built-in", why: instead });
      return builtIn(replicaSet, instead);
    }
    case "built-in":
      return builtIn(replicaSet, why);
  }
}

async function builtIn(replicaSet: boolean, why: string): Promise<Opened> {
  const server = await startServer(undefined, replicaSet);
  return { ...server, engine: "built-in", why };
}

/** A mongod that does not start is no reason to have no database. */
async function real(
  path: string,
  replicaSet: boolean,
  why: string,
): Promise<Opened> {
  try {
    return { ...(await startServer(path, replicaSet)), engine: "mongod", why };
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, " ");
    const instead = `${path} does not start: ${reason}`;
    refuseIfForced(instead);
    return builtIn(replicaSet, instead);
  }
}

/** @throws DatabaseProblem where nothing but a real mongod will do */
function refuseIfForced(fault: string) {
  if (process.env.WORKSHOP_MONGO === "real")
    throw new DatabaseProblem(
      `WORKSHOP_MONGO=real, but ${fault}. Leave WORKSHOP_MONGO out to use the built-in engine.`,
    );
}

async function connect({ uri, engine, why, stop }: Opened): Promise<Database> {
  let client: MongoClient | undefined;
  let version: unknown;
  try {
    client = new MongoClient(uri, {
      serverSelectionTimeoutMS:
        engine === "external" ? externalLimitMS : 10_000,
    });
    ({ version } = await client.db("admin").command({ buildInfo: 1 }));
  } catch (error) {
    await client?.close();
    await stop();
    throw engine === "external" ? unusable(uri, error as Error) : error;
  }
  return database({ uri, engine, why, stop }, client, String(version));
}

function unusable(uri: string, error: Error): DatabaseProblem {
  const where = uri.replace(/\/\/[^@/]*@/, "//");
  const [reason = ""] = error.message.split("\n");
  return new DatabaseProblem(
    `MONGODB_URI=${where} cannot be used: ${reason}. Start that server or correct the address, ` +
      "or leave MONGODB_URI out to use a database of the workshop's own.",
  );
}

/** A name for a database that nobody else uses. */
export function freshName(): string {
  return `workshop_${randomBytes(5).toString("hex")}`;
}

const titles = {
  external: "the server that MONGODB_URI names, MongoDB",
  mongod: "a real mongod,",
  "built-in": "the built-in engine, as MongoDB",
} as const;

function database(
  { uri, engine, why, stop }: Opened,
  client: MongoClient,
  version: string,
): Database {
  const open = new Set<FreshDatabase>();
  return {
    uri,
    engine,
    version,
    line: `Database: ${titles[engine]} ${version} (${why})`,
    why,
    client,
    fresh(name = freshName()) {
      const fresh: FreshDatabase = {
        name,
        db: client.db(name),
        drop: async () => {
          open.delete(fresh);
          await client.db(name).dropDatabase();
        },
      };
      open.add(fresh);
      return fresh;
    },
    async close() {
      // On a server of our own everything goes with it.
      if (engine === "external") for (const fresh of open) await fresh.drop();
      await client.close();
      await stop();
    },
  };
}
