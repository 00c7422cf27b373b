import {
  Double,
  Long,
  ObjectId,
  type Document,
  type MongoBulkWriteError,
} from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest();
});
afterAll(() => server.close());

let collections = 0;
const fresh = () => server.db.collection<Stored>(`c_${collections++}`);
const admin = (command: Document) => server.client.db("admin").command(command);

describe("a batch of writes", () => {
  test("stops at the first error when ordered", async () => {
    const collection = fresh();
    const insert = collection.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }]);
    const error = (await insert.catch(
      (thrown: unknown) => thrown,
    )) as MongoBulkWriteError;
    expect(error.code).toBe(11000);
    expect(error.result.insertedCount).toBe(1);
    expect(await collection.countDocuments()).toBe(1);
  });

  test("goes on after errors when unordered", async () => {
    const collection = fresh();
    const insert = collection.insertMany(
      [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }],
      { ordered: false },
    );
    const error = (await insert.catch(
      (thrown: unknown) => thrown,
    )) as MongoBulkWriteError;
    expect([error.writeErrors].flat().map(({ index }) => index)).toEqual([
      1, 3,
    ]);
    expect(await collection.countDocuments()).toBe(2);
  });

  test("mixes inserts, updates and deletes", async () => {
    const collection = fresh();
    const result = await collection.bulkWrite([
      { insertOne: { document: { _id: 1, a: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $inc: { a: 1 } } } },
      {
        updateOne: {
          filter: { _id: 2 },
          update: { $set: { a: 5 } },
          upsert: true,
        },
      },
      { replaceOne: { filter: { _id: 1 }, replacement: { b: 1 } } },
      { deleteOne: { filter: { _id: 2 } } },
    ]);
    expect(result).toMatchObject({
      insertedCount: 1,
      modifiedCount: 2,
      upsertedCount: 1,
      deletedCount: 1,
    });
    expect(await collection.find().toArray()).toEqual([{ _id: 1, b: 1 }]);
  });

  test("across collections", async () => {
    const [one, two] = [fresh(), fresh()];
    const result = await server.client.bulkWrite([
      {
        name: "insertOne",
        namespace: one.namespace,
        document: { _id: 1 } as Document,
      },
      {
        name: "insertOne",
        namespace: two.namespace,
        document: { _id: 1 } as Document,
      },
      {
        name: "updateOne",
        namespace: two.namespace,
        filter: {},
        update: { $set: { a: 1 } },
      },
    ]);
    expect(result).toMatchObject({ insertedCount: 2, modifiedCount: 1 });
    expect(await two.findOne()).toEqual({ _id: 1, a: 1 });
  });

  test("is empty: refused", async () => {
    await expect(
      server.db.command({ insert: "x", documents: [] }),
    ).rejects.toMatchObject({ code: 16 });
  });
});

describe("insert", () => {
  test("puts _id first and makes one where there is none", async () => {
    const collection = fresh();
    await server.db.command({
      insert: collection.collectionName,
      documents: [{ a: 1 }],
    });
    await server.db.command({
      insert: collection.collectionName,
      documents: [{ a: 1, _id: "x" }],
    });
    const [made, given] = await collection.find().toArray();
    expect(made?._id).toBeInstanceOf(ObjectId);
    expect(Object.keys(given as Document)).toEqual(["_id", "a"]);
  });

  test.each([[{ _id: [1] }], [{ _id: /x/ }], [{ _id: { $x: 1 } }]])(
    "refuses %j",
    async (document) => {
      await expect(
        server.db.command({ insert: "bad_ids", documents: [document] }),
      ).resolves.toMatchObject({
        n: 0,
        writeErrors: [{ code: expect.any(Number) }],
      });
    },
  );

  test("takes 16 MiB and not more", async () => {
    const collection = fresh();
    const room = 16 * 1024 * 1024 - 100;
    await collection.insertOne({ a: "x".repeat(room) });
    await expect(
      collection.insertOne({ a: "x".repeat(room + 200) }),
    ).rejects.toThrow();
    expect((await collection.findOne())?.a).toHaveLength(room);
  });
});

describe("find", () => {
  test("comes in batches", async () => {
    const collection = fresh();
    await collection.insertMany(
      Array.from({ length: 250 }, (_, _id) => ({ _id })),
    );
    const ids = (await collection.find({}, { batchSize: 7 }).toArray()).map(
      ({ _id }) => _id,
    );
    expect(ids).toEqual(Array.from({ length: 250 }, (_, i) => i));
    const { cursor } = await server.db.command({
      find: collection.collectionName,
    });
    expect(cursor.firstBatch).toHaveLength(101);
  });

  test("closes its cursor when asked", async () => {
    const collection = fresh();
    await collection.insertMany(
      Array.from({ length: 10 }, (_, _id) => ({ _id })),
    );
    const name = collection.collectionName;
    const { cursor } = await server.db.command(
      { find: name, batchSize: 2 },
      { promoteLongs: false },
    );
    await expect(
      server.db.command({ killCursors: name, cursors: [cursor.id] }),
    ).resolves.toMatchObject({
      cursorsKilled: [expect.anything()],
    });
    await expect(
      server.db.command({ getMore: cursor.id, collection: name }),
    ).rejects.toMatchObject({ code: 43 });
  });

  test("sorts by what is not in the projection, skips and limits", async () => {
    const collection = fresh();
    await collection.insertMany([1, 2, 3, 4].map((_id) => ({ _id, a: -_id })));
    const found = await collection
      .find({}, { sort: { a: 1 }, skip: 1, limit: 2, projection: { _id: 1 } })
      .toArray();
    expect(found).toEqual([{ _id: 3 }, { _id: 2 }]);
  });

  test("goes the natural way, and back", async () => {
    const collection = fresh();
    await collection.insertMany([{ _id: 2 }, { _id: 1 }]);
    expect(await collection.find().sort({ $natural: -1 }).toArray()).toEqual([
      { _id: 1 },
      { _id: 2 },
    ]);
  });

  test("keeps every BSON type", async () => {
    const collection = fresh();
    const { BSON } = await import("mongodb");
    const document = BSON.EJSON.deserialize(
      {
        _id: 1,
        double: { $numberDouble: "1.0" },
        zero: { $numberDouble: "-0.0" },
        int: { $numberInt: "1" },
        long: { $numberLong: "1" },
        decimal: { $numberDecimal: "1.00" },
        binary: { $binary: { base64: "AQID", subType: "00" } },
        uuid: { $uuid: "c8edabc3-f738-4ca3-b68d-ab92a91478a3" },
        id: { $oid: "65bd00000000000000000000" },
        date: { $date: { $numberLong: "-1" } },
        regex: { $regularExpression: { pattern: "^a", options: "i" } },
        timestamp: { $timestamp: { t: 1, i: 2 } },
        code: { $code: "x", $scope: { a: { $numberInt: "1" } } },
        symbol: { $symbol: "s" },
        min: { $minKey: 1 },
        max: { $maxKey: 1 },
        reference: { $ref: "c", $id: { $numberInt: "1" } },
        null: null,
        list: [{ $numberDouble: "2.0" }, [true]],
      },
      { relaxed: false },
    );
    await collection.insertOne(document);
    await collection.updateOne({}, { $set: { touched: true } });
    const raw = await collection.findOne({}, { raw: true });
    const { touched, ...stored } = BSON.deserialize(
      raw as unknown as Uint8Array,
      {
        promoteValues: false,
        bsonRegExp: true,
      },
    );
    expect(touched).toBe(true);
    expect(BSON.EJSON.stringify(stored, { relaxed: false })).toBe(
      BSON.EJSON.stringify(document, { relaxed: false }),
    );
  });
});

describe("count and distinct", () => {
  test("count by filter, skip and limit", async () => {
    const collection = fresh();
    await collection.insertMany([1, 2, 3, 4].map((_id) => ({ _id })));
    expect(
      await collection.countDocuments(
        { _id: { $gt: 1 } },
        { skip: 1, limit: 1 },
      ),
    ).toBe(1);
    expect(await collection.estimatedDocumentCount()).toBe(4);
    await expect(
      server.db.command({
        count: collection.collectionName,
        skip: 1,
        limit: 2,
      }),
    ).resolves.toMatchObject({ n: 2 });
  });

  test("distinct looks into arrays and knows equal numbers", async () => {
    const collection = fresh();
    await collection.insertMany([
      { a: [2, 1] },
      { a: new Double(1) },
      { a: "x" },
      {},
    ]);
    expect(await collection.distinct("a")).toEqual([1, 2, "x"]);
  });
});

describe("findAndModify", () => {
  test("removes, with a sort and a projection", async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    const removed = await collection.findOneAndDelete(
      {},
      { sort: { a: -1 }, projection: { a: 1, _id: 0 } },
    );
    expect(removed).toEqual({ a: 2 });
    expect(await collection.countDocuments()).toBe(1);
  });

  test.each([
    [{ remove: true, update: {} }],
    [{ remove: true, new: true }],
    [{}],
  ])("%j is refused", async (options) => {
    await expect(
      server.db.command({ findAndModify: "x", ...options }),
    ).rejects.toMatchObject({ code: 9 });
  });
});

describe("a validator", () => {
  const schema = {
    $jsonSchema: {
      bsonType: "object",
      required: ["text"],
      properties: {
        text: {
          bsonType: "string",
          minLength: 1,
          maxLength: 5,
          description: "what was said",
        },
        stars: { bsonType: "int", minimum: 0, maximum: 5 },
      },
      additionalProperties: true,
    },
  };

  test("refuses what does not fit and says why", async () => {
    const collection = await server.db.createCollection<Stored>(
      fresh().collectionName,
      { validator: schema },
    );
    await collection.insertOne({ text: "hi", stars: 3 });
    const error: Document = await collection
      .insertOne({ text: "too long" })
      .catch((thrown) => thrown);
    expect(error.code).toBe(121);
    const { errInfo } = error.errorResponse ?? error;
    expect(errInfo.details.operatorName).toBe("$jsonSchema");
    expect(errInfo.details.schemaRulesNotSatisfied[0]).toMatchObject({
      operatorName: "properties",
      propertiesNotSatisfied: [
        { propertyName: "text", description: "what was said" },
      ],
    });
    await expect(collection.insertOne({})).rejects.toMatchObject({ code: 121 });
    await expect(
      collection.updateOne({}, { $set: { stars: 9 } }),
    ).rejects.toMatchObject({ code: 121 });
    await collection.insertOne(
      { stars: 9 },
      { bypassDocumentValidation: true },
    );
  });

  test("can be changed and need not refuse", async () => {
    const { collectionName } = fresh();
    const collection = await server.db.createCollection(collectionName, {
      validator: { a: { $gt: 0 } },
    });
    await expect(collection.insertOne({ a: 0 })).rejects.toMatchObject({
      code: 121,
    });
    await server.db.command({
      collMod: collectionName,
      validationAction: "warn",
    });
    await collection.insertOne({ a: 0 });
    await server.db.command({
      collMod: collectionName,
      validationAction: "error",
      validationLevel: "moderate",
    });
    await collection.updateOne({ a: 0 }, { $set: { b: 1 } });
    await expect(collection.insertOne({ a: 0 })).rejects.toMatchObject({
      code: 121,
    });
  });

  test("with a keyword that does not exist is refused", async () => {
    const validator = { $jsonSchema: { nope: 1 } };
    await expect(
      server.db.createCollection("nope", { validator }),
    ).rejects.toMatchObject({ code: 9 });
  });
});

describe("collections and databases", () => {
  test("are made, listed, renamed and dropped", async () => {
    const { collectionName } = fresh();
    await server.db.createCollection(collectionName);
    const listed = await server.db
      .listCollections({ name: collectionName })
      .toArray();
    expect(listed).toMatchObject([
      { name: collectionName, type: "collection", options: {} },
    ]);
    await expect(
      server.db.createCollection(collectionName, { capped: true, size: 4096 }),
    ).rejects.toMatchObject({ code: 48 });
    await server.db.renameCollection(collectionName, `${collectionName}_new`);
    expect(
      await server.db.listCollections({ name: collectionName }).toArray(),
    ).toEqual([]);
    await server.db.dropCollection(`${collectionName}_new`);
    const { databases } = await server.client
      .db("admin")
      .admin()
      .listDatabases();
    expect(databases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["admin", server.db.databaseName]),
    );
  });

  test("with names that are none are refused", async () => {
    await expect(
      server.db.command({ insert: "a$b", documents: [{}] }),
    ).rejects.toMatchObject({ code: 73 });
    await expect(
      server.db.command({ insert: 5, documents: [{}] }),
    ).rejects.toMatchObject({ code: expect.any(Number) });
  });

  test("that are capped forget their oldest documents", async () => {
    const collection = await server.db.createCollection<Stored>(
      fresh().collectionName,
      { capped: true, size: 100_000, max: 3 },
    );
    await collection.insertMany([1, 2, 3, 4, 5].map((_id) => ({ _id })));
    expect(await collection.distinct("_id")).toEqual([3, 4, 5]);
  });
});

describe("the server", () => {
  test("says what it is", async () => {
    const info = await admin({ buildInfo: 1 });
    expect(Number(info.versionArray[0])).toBeGreaterThanOrEqual(7);
    if (server.builtIn)
      expect(info).toMatchObject({ version: "8.0.0", builtInEngine: true });
    expect(await admin({ hello: 1 })).toMatchObject({
      isWritablePrimary: true,
      maxBsonObjectSize: 16777216,
    });
    expect(await admin({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  test.each([
    [{ nope: 1 }, 59],
    [{ ping: 1, nope: 1 }, 40415],
    [{ find: "x", nope: 1 }, 40415],
    [{ find: "x", filter: "x" }, 14],
    [{ find: "x", limit: -1 }, 51024],
    [{ insert: "x" }, 40414],
    [{ update: "x", updates: [{ q: {} }] }, 40414],
    [{ update: "x", updates: [{ q: {}, u: {}, nope: 1 }] }, 40415],
    [{ aggregate: "x", pipeline: [] }, 9],
    [{ aggregate: 1, pipeline: [], cursor: {} }, 73],
    [{ find: "x", hint: "nope" }, 2],
    [{ find: "x", readConcern: { level: "nope" } }, 9],
    [{ find: "x", collation: { locale: "nope nope" } }, 2],
    [{ find: "x", collation: { locale: "en", nope: 1 } }, 40415],
    [{ distinct: "x" }, 40414],
    [{ getMore: 5, collection: "x" }, 14],
    [{ create: "x", nope: 1 }, 40415],
    [{ createIndexes: "x", indexes: [] }, 2],
    [{ renameCollection: "nope.nope", to: "nope.other" }, 13],
  ])("refuses %j with code %i", async (command, code) => {
    await server.db.collection("x").insertOne({});

    const outcome = await server.db
      .command(command)
      .catch((thrown: Document) => thrown);
    const error = outcome.writeErrors?.[0] ?? outcome;
    expect(error).toMatchObject({ code });
  });

  test("ends what takes longer than maxTimeMS", async () => {
    if (!server.builtIn) return;
    await admin({
      configureFailPoint: "failCommand",
      mode: { times: 1 },
      data: { failCommands: ["find"], blockConnection: true, blockTimeMS: 20 },
    });
    await expect(
      server.db.collection("slow").find().maxTimeMS(5).toArray(),
    ).rejects.toMatchObject({ code: 50 });
  });

  test("has no transactions while it stands alone", async () => {
    if (!server.builtIn) return;
    const session = server.client.startSession();
    session.startTransaction();
    await expect(fresh().insertOne({}, { session })).rejects.toThrow(
      "retryable writes",
    );
    await session.endSession();
    await expect(fresh().watch().next()).rejects.toMatchObject({ code: 40573 });
  });

  test("answers a write concern that it cannot fulfil", async () => {
    if (!server.builtIn) return;
    await expect(
      fresh().insertOne({}, { writeConcern: { w: 3 } }),
    ).rejects.toMatchObject({ code: 2 });
  });

  test("fails on demand", async () => {
    if (!server.builtIn) return;
    await admin({
      configureFailPoint: "failCommand",
      mode: { times: 1 },
      data: { failCommands: ["insert"], errorCode: 11600 },
    });
    await expect(fresh().insertOne({}, {})).rejects.toMatchObject({
      code: 11600,
    });
  });

  test("carries unacknowledged writes out", async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    await expect.poll(() => collection.countDocuments()).toBe(1);
  });

  test("counts in longs beyond 32 bits", async () => {
    const collection = fresh();
    await collection.insertOne({ n: Long.fromString("9007199254740993") });
    const found = await collection.findOneAndUpdate(
      {},
      { $inc: { n: 1 } },
      { returnDocument: "after", promoteLongs: false },
    );
    expect(String(found?.n)).toBe("9007199254740994");
  });
});
