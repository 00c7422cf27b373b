// What the engine's semantic tests run against: an engine in this process or, where
// MONGODB_TEST_URI names one, a real mongod - whose answers are the right ones.
import { randomUUID } from "node:crypto";
import {
  MongoClient,
  type Db,
  type Document,
  type MongoClientOptions,
  type ObjectId,
} from "mongodb";
import { Engine } from "./engine.ts";
import { ReplicaSet } from "./replication/replica-set.ts";
import { listen } from "./wire/server.ts";

/** A document whose `_id` may be more than an ObjectId. */
export interface Stored extends Document {
  _id?: ObjectId | string | number | boolean | Document;
}

export interface UnderTest {
  uri: string;
  client: MongoClient;
  /** A database that nobody else uses, dropped at the end. */
  db: Db;
  /** Whether it is our engine; what only a real mongod has is then left out. */
  builtIn: boolean;
  close(): Promise<void>;
}

/** @param replicaSet whether change streams and transactions are needed */
export async function startUnderTest(
  { replicaSet = false }: { replicaSet?: boolean } = {},
  options: MongoClientOptions = {},
): Promise<UnderTest> {
  const real = replicaSet
    ? process.env.MONGODB_TEST_REPLICA_SET_URI
    : process.env.MONGODB_TEST_URI;
  const { uri, stop } = real
    ? { uri: real, stop: async () => {} }
    : await startEngine(replicaSet);
  const client = await new MongoClient(uri, {
    serverSelectionTimeoutMS: 5000,
    ...options,
  }).connect();
  const db = client.db(`test_${randomUUID().slice(0, 8)}`);
  return {
    uri,
    client,
    db,
    builtIn: !real,
    close: async () => {
      await db.dropDatabase();
      await client.close();
      await stop();
    },
  };
}

async function startEngine(replicaSet: boolean) {
  const engine = new Engine({
    host: "127.0.0.1",
    port: 0,
    replicaSet: replicaSet ? "rs0" : undefined,
    log: () => {},
    shutdown: () => {},
  });
  const listener = await listen(engine, "127.0.0.1", 0);
  engine.options.port = listener.port;
  if (replicaSet) engine.replicaSet = new ReplicaSet({}, engine.options);
  const query = replicaSet ? "?replicaSet=rs0" : "";
  return {
    uri: `mongodb://127.0.0.1:${listener.port}/${query}`,
    stop: listener.close,
  };
}
