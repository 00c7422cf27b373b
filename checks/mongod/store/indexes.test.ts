import type { Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest();
});
afterAll(() => server.close());

let collections = 0;
const fresh = () => server.db.collection<Stored>(`index_${collections++}`);

describe("a unique index", () => {
  test("refuses a second document with the same key and says which", async () => {
    const collection = fresh();
    await collection.createIndex({ room: 1, seq: 1 }, { unique: true });
    await collection.insertOne({ room: "a", seq: 1 });
    await collection.insertMany([
      { room: "a", seq: 2 },
      { room: "b", seq: 1 },
    ]);
    await expect(
      collection.insertOne({ room: "a", seq: 1 }),
    ).rejects.toMatchObject({
      code: 11000,
      keyPattern: { room: 1, seq: 1 },
      keyValue: { room: "a", seq: 1 },
      message:
        `E11000 duplicate key error collection: ${collection.namespace} ` +
        'index: room_1_seq_1 dup key: { room: "a", seq: 1 }',
    });
  });

  test("is what _id has", async () => {
    const collection = fresh();
    await collection.insertOne({ _id: "x" });
    await expect(collection.insertOne({ _id: "x" })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { _id: 1 },
      keyValue: { _id: "x" },
      message: expect.stringContaining('index: _id_ dup key: { _id: "x" }'),
    });
  });

  test("lets one of many concurrent inserts through", async () => {
    const collection = fresh();
    await collection.createIndex({ clientId: 1 }, { unique: true });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        collection.insertOne({ clientId: `c${i % 4}` }),
      ),
    );
    expect(
      outcomes.filter(({ status }) => status === "fulfilled"),
    ).toHaveLength(4);
    expect(await collection.countDocuments()).toBe(4);
  });

  test("refuses updates, and frees keys that are given up", async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    await expect(
      collection.updateOne({ _id: 2 }, { $set: { a: 1 } }),
    ).rejects.toMatchObject({ code: 11000 });
    await collection.updateOne({ _id: 1 }, { $set: { a: 3 } });
    await collection.updateOne({ _id: 2 }, { $set: { a: 1 } });
    await collection.deleteOne({ _id: 2 });
    await collection.insertOne({ a: 1 });
    expect(await collection.countDocuments({ a: 1 })).toBe(1);
  });

  test("counts a missing field as null", async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.insertOne({});
    await expect(collection.insertOne({ a: null })).rejects.toMatchObject({
      keyValue: { a: null },
    });
  });

  test("that is sparse leaves documents without the field alone", async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true, sparse: true });
    await collection.insertMany([{}, {}, { a: 1 }]);
    await expect(collection.insertOne({ a: 1 })).rejects.toMatchObject({
      code: 11000,
    });
  });

  test("that is partial looks only at what its filter finds", async () => {
    const collection = fresh();
    await collection.createIndex(
      { room: 1, user: 1, clientId: 1 },
      {
        unique: true,
        partialFilterExpression: { clientId: { $type: "string" } },
      },
    );
    const message = { room: "a", user: "ann" };
    await collection.insertMany([
      { ...message },
      { ...message },
      { ...message, clientId: "c1" },
    ]);
    await expect(
      collection.insertOne({ ...message, clientId: "c1" }),
    ).rejects.toMatchObject({ code: 11000 });
    await collection.insertOne({ ...message, user: "bob", clientId: "c1" });
    expect(await collection.find({ clientId: "c1" }).toArray()).toHaveLength(2);
    expect(
      await collection.find({ ...message, clientId: "c1" }).toArray(),
    ).toHaveLength(1);
  });

  test("on an array has a key for each element", async () => {
    const collection = fresh();
    await collection.createIndex({ tags: 1 }, { unique: true });
    await collection.insertOne({ tags: ["x", "x", "y"] });
    await expect(
      collection.insertOne({ tags: ["z", "y"] }),
    ).rejects.toMatchObject({ keyValue: { tags: "y" } });
  });

  test("on two arrays is impossible", async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1, b: 1 });
    await expect(
      collection.insertOne({ a: [1], b: [2] }),
    ).rejects.toMatchObject({ code: 171 });
  });

  test("knows equal numbers of different types", async () => {
    const collection = fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.insertOne({ a: 1 });
    await expect(
      server.db.command({
        insert: collection.collectionName,
        documents: [{ a: 1.0 }],
      }),
    ).resolves.toMatchObject({ n: 0, writeErrors: [{ code: 11000 }] });
  });

  test("with a collation ignores case", async () => {
    const collection = fresh();
    await collection.createIndex(
      { a: 1 },
      { unique: true, collation: { locale: "en", strength: 2 } },
    );
    await collection.insertOne({ a: "Ann" });
    await expect(collection.insertOne({ a: "ANN" })).rejects.toMatchObject({
      code: 11000,
    });
  });

  test("cannot be made where documents share a key", async () => {
    const collection = fresh();
    await collection.insertMany([{ a: 1 }, { a: 1 }]);
    await expect(
      collection.createIndex({ a: 1 }, { unique: true }),
    ).rejects.toMatchObject({ code: 11000 });
    expect(await collection.indexes()).toHaveLength(1);
  });
});

describe("createIndexes", () => {
  test("may be repeated, at once by many", async () => {
    const collection = fresh();
    const make = () =>
      collection.createIndex({ room: 1, seq: 1 }, { unique: true });
    expect(await Promise.all([make(), make(), make()])).toEqual(
      Array(3).fill("room_1_seq_1"),
    );
    expect(await collection.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: "_id_" },
      { v: 2, key: { room: 1, seq: 1 }, name: "room_1_seq_1", unique: true },
    ]);
  });

  const refusals: [Document, Document, number][] = [
    [{ a: 1 }, { unique: true }, 86],
    [{ a: 1 }, { name: "other" }, 85],
    [{ b: 1 }, { name: "a_1" }, 86],
    [{ c: 0 }, {}, 67],
    [{ c: "nope" }, {}, 67],
    [{ c: 1, d: 1 }, { expireAfterSeconds: 1 }, 67],
  ];
  test.each(refusals)(
    "of %j with %j is refused with code %i",
    async (key, options, code) => {
      const collection = fresh();
      await collection.createIndex({ a: 1 });
      await expect(
        collection.createIndex(key as { a: 1 }, options),
      ).rejects.toMatchObject({ code });
    },
  );

  test("refuses an option that does not exist", async () => {
    const indexes = [{ key: { a: 1 }, name: "a", nope: 1 }];
    await expect(
      server.db.command({ createIndexes: "x", indexes }),
    ).rejects.toMatchObject({ code: 197 });
  });

  test("refuses kinds that only a real mongod has, by name", async () => {
    if (!server.builtIn) return;
    await expect(fresh().createIndex({ a: "text" })).rejects.toMatchObject({
      code: 115,
      message: expect.stringContaining("text"),
    });
  });
});

describe("dropIndexes", () => {
  test("drops by name, by key and all of them, but never that on _id", async () => {
    const collection = fresh();
    await collection.createIndexes([
      { key: { a: 1 } },
      { key: { b: 1 } },
      { key: { c: 1 } },
    ]);
    await collection.dropIndex("a_1");
    await server.db.command({
      dropIndexes: collection.collectionName,
      index: { b: 1 },
    });
    expect(await collection.indexes()).toHaveLength(2);
    await collection.dropIndexes();
    expect(await collection.indexes()).toHaveLength(1);
    await expect(collection.dropIndex("_id_")).rejects.toMatchObject({
      code: 72,
    });
    await expect(collection.dropIndex("gone")).rejects.toMatchObject({
      code: 27,
    });
  });
});

describe("a TTL index", () => {
  test("lets documents expire", async () => {
    if (!server.builtIn) return;
    const collection = fresh();
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    const old = new Date(Date.now() - 61_000);
    await collection.insertMany([
      { _id: "old", at: old },
      { _id: "of several", at: [new Date(), old] },
      { _id: "new", at: new Date() },
      { _id: "no date", at: "x" },
      { _id: "none" },
    ]);
    await server.client
      .db("admin")
      .command({ setParameter: 1, ttlMonitorSleepSecs: 0.01 });
    await expect
      .poll(() => collection.distinct("_id"))
      .toEqual(["new", "no date", "none"]);
  });
});

describe("explain", () => {
  test("names the index that would serve", async () => {
    const collection = fresh();
    await collection.createIndex({ room: 1, seq: 1 });
    await collection.insertOne({ room: "a", seq: 1 });
    const { queryPlanner } = await collection
      .find({ room: "a" })
      .explain("queryPlanner");
    expect(JSON.stringify(queryPlanner.winningPlan)).toContain(
      '"indexName":"room_1_seq_1"',
    );
    const scan = await collection.find({ text: "x" }).explain("queryPlanner");
    expect(JSON.stringify(scan.queryPlanner.winningPlan)).toContain("COLLSCAN");
  });
});
