import { MongoClient, ObjectId } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "../../checks/kit/database.ts";
import { ObservedDatabase } from "./observed-database.ts";
import { Wire } from "./wire.ts";

// A driver does here what a learner's server does.

const wire = new Wire();
let database: Database;
let observed: ObservedDatabase;
let client: MongoClient;

beforeAll(async () => {
  database = await openDatabase({ interactive: false });
  observed = await ObservedDatabase.open(
    Promise.resolve(database),
    wire,
    () => {},
  );
  client = new MongoClient(observed.env.MONGODB_URI ?? "");
});
afterAll(async () => {
  await client.close();
  await observed.end();
  await database.close();
  wire.end();
});

const messages = () =>
  client.db(observed.env.MONGODB_DB).collection("messages");
const shown = (name: string) =>
  observed.state.collections.find((one) => one.name === name);
const patient = { timeout: 20_000 };

test("says which engine serves, and begins empty", () => {
  expect(observed.state).toMatchObject({
    engine: database.engine,
    version: database.version,
    name: observed.env.MONGODB_DB,
    trouble: null,
    collections: [],
  });
});

test("a command and its reply are in the timeline, with the time between them", async () => {
  await messages().insertOne({ room: "tea", text: "Hello", at: new Date(0) });
  const [command, reply] = wire.state.entries;
  expect(command).toMatchObject({
    kind: "command",
    from: "server",
    to: "database",
    text: "insert messages",
    event: "insert",
  });
  expect(command?.payload?.text).toContain('"text": "Hello"');
  // What every command carries says nothing about this one.
  expect(command?.payload?.text).not.toMatch(/lsid|\$db/);
  expect(reply).toMatchObject({
    kind: "reply",
    from: "database",
    to: "server",
    answers: command?.seq,
  });
  expect(reply?.ms).toBeGreaterThanOrEqual(0);
});

test("documents appear as new, and then as changed, the newest first", async () => {
  await expect.poll(() => shown("messages")?.count, patient).toBe(1);
  const _id = new ObjectId();
  await messages().insertOne({ _id, room: "tea", text: "Second" });
  await expect.poll(() => shown("messages")?.count, patient).toBe(2);
  const [newest, first] = shown("messages")?.documents ?? [];
  expect(newest).toMatchObject({ change: "new" });
  expect(newest?.json.text).toContain(`ObjectId(\\"${_id.toHexString()}\\")`);
  expect(first?.json.text).toContain("ISODate");
  expect(newest?.since).toBeGreaterThan(first?.since ?? Infinity);

  await messages().updateOne({ _id }, { $set: { text: "Mended" } });
  await expect
    .poll(() => shown("messages")?.documents[0]?.json.text, patient)
    .toContain("Mended");
  expect(shown("messages")?.documents[0]?.change).toBe("changed");
});

test("the line can be cut and mended: the driver notices, and goes on", async () => {
  observed.cutLine(true);
  expect(observed.state.cut).toBe(true);
  const hurried = new MongoClient(observed.env.MONGODB_URI ?? "", {
    serverSelectionTimeoutMS: 200,
  });
  await expect(hurried.connect()).rejects.toThrow();
  await hurried.close();
  observed.cutLine(false);
  expect(observed.state.cut).toBe(false);
  await messages().insertOne({ text: "after the cut" });
  expect(
    wire.state.entries.filter(({ kind }) => ["cut", "mended"].includes(kind)),
  ).toMatchObject([{ from: "database" }, { from: "database" }]);
});

test("of many documents the newest are shown, and all are counted", async () => {
  await messages().insertMany(
    Array.from({ length: 200 }, (_, number) => ({ number })),
  );
  await expect.poll(() => shown("messages")?.count, patient).toBe(203);
  const documents = shown("messages")?.documents ?? [];
  expect(documents).toHaveLength(50);
  expect(documents[0]?.json.text).toContain('"number": 199');
});

test("a document that is too long is cut", async () => {
  await messages().insertOne({ text: "x".repeat(100_000) });
  await expect.poll(() => shown("messages")?.count, patient).toBe(204);
  const { json } = shown("messages")?.documents[0] ?? {};
  expect(json?.text.length).toBe(2_000);
  expect(json?.cut).toBeGreaterThan(90_000);
});
