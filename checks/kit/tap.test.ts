import { MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openDatabase, type Database, type FreshDatabase } from "./database.ts";
import { openTap, type Tap } from "./tap.ts";

let database: Database;
let fresh: FreshDatabase;
let tap: Tap;
let client: MongoClient;

beforeAll(async () => {
  database = await openDatabase();
  fresh = database.fresh();
  tap = await openTap(database.uri);
  client = new MongoClient(tap.uri, {
    serverSelectionTimeoutMS: 1500,
    retryReads: false,
    retryWrites: false,
  });
});
afterEach(() => tap.heal());
afterAll(async () => {
  await client.close();
  await tap.close();
  await fresh.drop();
  await database.close();
});

const messages = () => client.db(fresh.name).collection("messages");
const inserts = ({ name }: { name: string }) => name === "insert";

test("reads commands and their documents", async () => {
  const from = tap.commands.length;
  await messages().insertOne({ text: "hi" });
  await messages().find({ text: "hi" }).limit(5).toArray();
  expect(tap.commands.slice(from)).toMatchObject([
    {
      name: "insert",
      command: { documents: [{ text: "hi" }], $db: fresh.name },
    },
    { name: "find", command: { filter: { text: "hi" }, limit: 5 } },
  ]);
});

test("counts the connections that the application uses", async () => {
  for (let i = 0; i < 5; i++) await messages().findOne();
  expect(tap.connections).toBe(1);
  await Promise.all(Array.from({ length: 4 }, () => messages().findOne()));
  expect(tap.connections).toBeGreaterThan(1);
  expect(tap.open).toBeGreaterThanOrEqual(tap.connections);
});

test("withholds replies until it is healed, though the database has done its work", async () => {
  tap.withholdReplies(inserts, 1);
  const seen = tap.waitFor(inserts);
  let answered = false;
  const insert = messages()
    .insertOne({ _id: "kept" as never })
    .finally(() => (answered = true));
  await seen;
  await expect
    .poll(() =>
      fresh.db.collection("messages").countDocuments({ _id: "kept" as never }),
    )
    .toBe(1);
  expect(answered).toBe(false);
  await expect.poll(() => tap.held).toBe(1);
  tap.heal();
  await insert;
  expect(tap.held).toBe(0);
});

test("delays the replies to some commands and lets others pass", async () => {
  tap.delayReplies(60_000, inserts);
  const order: string[] = [];
  const insert = messages()
    .insertOne({})
    .then(() => order.push("insert"));
  await tap.waitFor(inserts);
  await messages()
    .findOne()
    .then(() => order.push("find"));
  tap.heal();
  await insert;
  expect(order).toEqual(["find", "insert"]);
});

test("cuts, and heals again", async () => {
  tap.cut();
  await expect(messages().insertOne({})).rejects.toThrow();
  expect(tap.open).toBe(0);
  tap.heal();
  await expect
    .poll(() =>
      messages()
        .findOne()
        .then(
          () => "served",
          () => "refused",
        ),
    )
    .toBe("served");
});

test("cuts a connection in the middle of a write", async () => {
  tap.withholdReplies(inserts);
  const insert = messages().insertOne({ _id: "cut" as never });
  const outcome = expect(insert).rejects.toMatchObject({
    name: expect.stringContaining("Network"),
  });
  await tap.waitFor(inserts);
  await expect
    .poll(() =>
      fresh.db.collection("messages").countDocuments({ _id: "cut" as never }),
    )
    .toBe(1);
  tap.cutOnce();
  await outcome;
});
