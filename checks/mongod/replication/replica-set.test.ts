import type {
  ChangeStream,
  ChangeStreamInsertDocument,
  ClientSession,
  Document,
} from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest({ replicaSet: true });
});
afterAll(() => server.close());

let collections = 0;
const fresh = async () =>
  server.db.createCollection<Stored>(`r_${collections++}`);
const failOnce = (data: Document) =>
  server.client
    .db("admin")
    .command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });

async function inTransaction(work: (session: ClientSession) => Promise<void>) {
  const session = server.client.startSession();
  try {
    session.startTransaction();
    await work(session);
  } finally {
    await session.endSession();
  }
}

describe("a transaction", () => {
  test("is seen by nobody before its commit, and then by all", async () => {
    const collection = await fresh();
    await inTransaction(async (session) => {
      await collection.insertOne({ _id: 1 }, { session });
      expect(await collection.countDocuments({}, { session })).toBe(1);
      expect(await collection.countDocuments()).toBe(0);
      await session.commitTransaction();
    });
    expect(await collection.countDocuments()).toBe(1);
  });

  test("leaves no trace when it is aborted", async () => {
    const collection = await fresh();
    await collection.insertOne({ _id: 1, a: 1 });
    await inTransaction(async (session) => {
      await collection.updateOne({ _id: 1 }, { $set: { a: 2 } }, { session });
      await collection.insertOne({ _id: 2 }, { session });
      await collection.deleteOne({ _id: 1 }, { session });
      await session.abortTransaction();
    });
    expect(await collection.find().toArray()).toEqual([{ _id: 1, a: 1 }]);
  });

  test("reads the data as it was when it began", async () => {
    const collection = await fresh();
    const other = await fresh();
    await collection.insertOne({ _id: 1, a: 1 });
    await inTransaction(async (session) => {
      expect(await collection.findOne({}, { session })).toEqual({
        _id: 1,
        a: 1,
      });
      await collection.updateOne({}, { $set: { a: 2 } });
      await other.insertOne({ _id: 1 });
      expect(await collection.findOne({}, { session })).toEqual({
        _id: 1,
        a: 1,
      });
      expect(await other.countDocuments({}, { session })).toBe(0);
      await session.commitTransaction();
    });
  });

  test("gives way to the one that wrote a document first", async () => {
    const collection = await fresh();
    await collection.insertOne({ _id: 1, n: 0 });
    await inTransaction(async (first) => {
      await collection.updateOne(
        { _id: 1 },
        { $inc: { n: 1 } },
        { session: first },
      );
      await inTransaction(async (second) => {
        const update = collection.updateOne(
          { _id: 1 },
          { $inc: { n: 1 } },
          { session: second },
        );
        await expect(update).rejects.toMatchObject({
          code: 112,
          errorLabels: ["TransientTransactionError"],
        });
      });
      await first.commitTransaction();
    });
    expect(await collection.findOne()).toEqual({ _id: 1, n: 1 });
  });

  test("that conflicts is run again by withTransaction", async () => {
    const collection = await fresh();
    await collection.insertOne({ _id: 1, n: 0 });
    const add = () =>
      server.client.withSession((session) =>
        session.withTransaction(async () => {
          const { n } = (await collection.findOne(
            { _id: 1 },
            { session },
          )) as Document;
          await collection.updateOne(
            { _id: 1 },
            { $set: { n: n + 1 } },
            { session },
          );
        }),
      );
    await Promise.all([add(), add(), add(), add()]);
    expect(await collection.findOne()).toEqual({ _id: 1, n: 4 });
  });

  test("is undone by a statement that fails", async () => {
    const collection = await fresh();
    await collection.insertOne({ _id: 1 });
    await inTransaction(async (session) => {
      await collection.insertOne({ _id: 2 }, { session });
      await expect(
        collection.insertOne({ _id: 1 }, { session }),
      ).rejects.toMatchObject({ code: 11000 });
      await expect(
        collection.insertOne({ _id: 3 }, { session }),
      ).rejects.toMatchObject({ code: 251 });
    });
    expect(await collection.countDocuments()).toBe(1);
  });

  test("may trade unique keys and make a collection", async () => {
    const collection = await fresh();
    await collection.createIndex({ a: 1 }, { unique: true });
    await collection.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    await inTransaction(async (session) => {
      await collection.updateOne({ _id: 1 }, { $set: { a: 0 } }, { session });
      await collection.updateOne({ _id: 2 }, { $set: { a: 1 } }, { session });
      await collection.updateOne({ _id: 1 }, { $set: { a: 2 } }, { session });
      await server.db
        .collection<Stored>("made_inside")
        .insertOne({ _id: 1 }, { session });
      await session.commitTransaction();
    });
    expect(await collection.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, a: 2 },
      { _id: 2, a: 1 },
    ]);
    await expect(collection.insertOne({ a: 2 })).rejects.toMatchObject({
      code: 11000,
    });
    expect(await server.db.collection("made_inside").countDocuments()).toBe(1);
  });

  test("takes no command that it cannot undo", async () => {
    const collection = await fresh();
    await inTransaction(async (session) => {
      await expect(
        server.db.command({ drop: collection.collectionName }, { session }),
      ).rejects.toMatchObject({ code: 263 });
    });
  });
});

describe("a retryable write", () => {
  test("is sent again by the driver and carried out once", async () => {
    if (!server.builtIn) return;
    const collection = await fresh();
    await failOnce({ failCommands: ["insert"], closeConnection: true });
    await collection.insertOne({ _id: 1 });
    expect(await collection.countDocuments()).toBe(1);
  });

  test("that got through without its reply is not repeated", async () => {
    if (!server.builtIn) return;
    const collection = await fresh();
    await collection.insertOne({ _id: 1, n: 0 });
    await server.client.db("admin").command({
      configureFailPoint: "onPrimaryTransactionalWrite",
      mode: { times: 1 },
      data: {},
    });
    await collection.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    expect(await collection.findOne()).toEqual({ _id: 1, n: 1 });
  });
});

async function next(stream: ChangeStream) {
  return (await stream.next()) as ChangeStreamInsertDocument & Document;
}

/** Opens a stream and waits until it stands. */
async function watch(
  target: { watch: (pipeline?: Document[], options?: object) => ChangeStream },
  pipeline: Document[] = [],
  options = {},
) {
  const stream = target.watch(pipeline, { maxAwaitTimeMS: 20, ...options });
  await stream.tryNext();
  return stream;
}

describe("a change stream", () => {
  test("tells of every change in order", async () => {
    const collection = await fresh();
    const stream = await watch(collection);
    await collection.insertOne({ _id: 1, a: 1, list: [1, 2] });
    await collection.updateOne({ _id: 1 }, {
      $set: { "b.c": 2 },
      $unset: { a: 1 },
      $push: { list: 3 },
    } as Document);
    await collection.replaceOne({ _id: 1 }, { d: 1 });
    await collection.deleteOne({ _id: 1 });
    expect(await next(stream)).toMatchObject({
      operationType: "insert",
      ns: { db: server.db.databaseName, coll: collection.collectionName },
      documentKey: { _id: 1 },
      fullDocument: { _id: 1, a: 1, list: [1, 2] },
    });
    expect(await next(stream)).toMatchObject({
      operationType: "update",
      updateDescription: {
        updatedFields: { b: { c: 2 }, "list.2": 3 },
        removedFields: ["a"],
        truncatedArrays: [],
      },
    });
    expect(await next(stream)).toMatchObject({
      operationType: "replace",
      fullDocument: { _id: 1, d: 1 },
    });
    expect(await next(stream)).toMatchObject({
      operationType: "delete",
      documentKey: { _id: 1 },
    });
    await stream.close();
  });

  test("wakes when something comes", { timeout: 5000 }, async () => {
    const collection = await fresh();
    const { operationTime } = await server.db.command({ ping: 1 });
    const stream = collection.watch([{ $match: { operationType: "insert" } }], {
      startAtOperationTime: operationTime,
      maxAwaitTimeMS: 20_000,
    });
    const event = next(stream);
    await collection.insertOne({ _id: 1 });
    expect(await event).toMatchObject({ operationType: "insert" });
    await stream.close();
  });

  test("resumes where it left off", async () => {
    const collection = await fresh();
    const first = await watch(collection);
    await collection.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    const { _id: token } = await next(first);
    await first.close();
    for (const options of [{ resumeAfter: token }, { startAfter: token }]) {
      const second = collection.watch([], options);
      expect((await next(second)).documentKey._id).toBe(2);
      expect((await next(second)).documentKey._id).toBe(3);
      await second.close();
    }
  });

  test("survives a cut connection", async () => {
    if (!server.builtIn) return;
    const collection = await fresh();
    const stream = await watch(collection);
    await collection.insertOne({ _id: 1 });
    await next(stream);
    await failOnce({ failCommands: ["getMore"], closeConnection: true });
    await collection.insertOne({ _id: 2 });
    expect((await next(stream)).documentKey._id).toBe(2);
    await stream.close();
  });

  test("starts at a time", async () => {
    const collection = await fresh();
    const { operationTime } = await server.db.command({ ping: 1 });
    await collection.insertOne({ _id: 1 });
    const stream = collection.watch([], {
      startAtOperationTime: operationTime,
    });
    expect((await next(stream)).documentKey._id).toBe(1);
    await stream.close();
  });

  test("filters and shapes by its pipeline", async () => {
    const collection = await fresh();
    const stream = await watch(collection, [
      { $match: { "fullDocument.room": "a" } },
      { $project: { "fullDocument.text": 1 } },
    ]);
    await collection.insertMany([
      { room: "b", text: "no" },
      { room: "a", text: "yes" },
    ]);
    expect((await next(stream)).fullDocument).toEqual({ text: "yes" });
    await stream.close();
    await expect(
      watch(collection, [{ $group: { _id: 1 } }]),
    ).rejects.toMatchObject({ code: 20 });
  });

  test("looks the document up when asked", async () => {
    const collection = await fresh();
    await collection.insertOne({ _id: 1 });
    const stream = await watch(collection, [], {
      fullDocument: "updateLookup",
    });
    await collection.updateOne({}, { $set: { a: 1 } });
    expect((await next(stream)).fullDocument).toEqual({ _id: 1, a: 1 });
    await stream.close();
  });

  test("gives images where the collection keeps them", async () => {
    const collection = await server.db.createCollection<Stored>(
      `images_${collections++}`,
      {
        changeStreamPreAndPostImages: { enabled: true },
      },
    );
    await collection.insertOne({ _id: 1, a: 1 });
    const stream = await watch(collection, [], {
      fullDocumentBeforeChange: "required",
      fullDocument: "required",
    });
    await collection.updateOne({}, { $set: { a: 2 } });
    expect(await next(stream)).toMatchObject({
      fullDocumentBeforeChange: { a: 1 },
      fullDocument: { a: 2 },
    });
    await stream.close();
  });

  test("ends when its collection is dropped", async () => {
    const collection = await fresh();
    const stream = await watch(collection);
    await collection.drop();
    expect(await next(stream)).toMatchObject({ operationType: "drop" });
    expect(await next(stream)).toMatchObject({ operationType: "invalidate" });
  });

  test("watches a database, and the changes of a transaction", async () => {
    const collection = await fresh();
    const stream = await watch(server.db);
    await inTransaction(async (session) => {
      await collection.insertOne({ _id: 1 }, { session });
      await session.commitTransaction();
    });
    expect(await next(stream)).toMatchObject({
      operationType: "insert",
      txnNumber: expect.anything(),
    });
    await stream.close();
  });

  test("refuses a token that is none", async () => {
    const collection = await fresh();
    const stream = collection.watch([], { resumeAfter: { _data: "nope" } });
    await expect(stream.next()).rejects.toMatchObject({
      code: expect.any(Number),
    });
  });
});

describe("a replica set", () => {
  test("of three is refused with a sentence", async () => {
    if (!server.builtIn) return;
    const { Engine } = await import("../engine.ts");
    const { ReplicaSet } = await import("./replica-set.ts");
    const engine = new Engine({
      host: "127.0.0.1",
      port: 1,
      replicaSet: "rs0",
      log() {},
      shutdown() {},
    });
    const members = [0, 1, 2].map((_id) => ({ _id, host: `127.0.0.1:${_id}` }));
    expect(
      () => new ReplicaSet({ _id: "rs0", members }, engine.options),
    ).toThrow(
      expect.objectContaining({
        code: 93,
        message: expect.stringContaining("one member"),
      }),
    );
    expect(
      () => new ReplicaSet({ _id: "other", members: [] }, engine.options),
    ).toThrow(expect.objectContaining({ code: 93 }));
  });

  test("acknowledges for the majority and not for three", async () => {
    if (!server.builtIn) return;
    const collection = await fresh();
    await collection.insertOne({}, { writeConcern: { w: "majority" } });
    await expect(
      collection.insertOne({}, { writeConcern: { w: 3 } }),
    ).rejects.toMatchObject({ code: 100 });
  });
});
