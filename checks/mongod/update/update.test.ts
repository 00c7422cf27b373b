import { Decimal128, Double, Int32, Long, type Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest();
});
afterAll(() => server.close());

let collections = 0;

interface Case {
  filter?: Document;
  arrayFilters?: Document[];
}

function fresh() {
  return server.db.collection<Stored>(`update_${collections++}`);
}

/** The document after an update, without its `_id`; numbers keep their types. */
async function updated(
  document: Document,
  update: Document | Document[],
  { filter = {}, ...options }: Case = {},
) {
  const collection = fresh();
  await collection.insertOne({ _id: 1, ...document });
  await collection.updateOne(filter, update, options);
  const stored = await collection.findOne({}, { promoteValues: false });
  const { _id, ...rest } = stored as Document;
  return rest;
}

/** Bare whole numbers in an expectation are int32, others double. */
function typed(value: unknown): unknown {
  if (typeof value === "number")
    return Number.isInteger(value) ? new Int32(value) : new Double(value);
  if (Array.isArray(value)) return value.map(typed);
  if (value && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, typed(v)]),
    );
  return value;
}

type Row = [string, Document, Document | Document[], Document, Case?];

const rows: Row[] = [
  [
    "$set makes the documents on the way",
    {},
    { $set: { "a.b.c": 1 } },
    { a: { b: { c: 1 } } },
  ],
  [
    "$set changes an element by index",
    { a: [1, 2] },
    { $set: { "a.1": 9 } },
    { a: [1, 9] },
  ],
  [
    "$set beyond an array's end fills with null",
    { a: [1] },
    { $set: { "a.3": 9 } },
    { a: [1, null, null, 9] },
  ],
  [
    "$set changes a number's type",
    { a: 1 },
    { $set: { a: new Double(1) } },
    { a: new Double(1) },
  ],
  [
    "new fields come in the order of their names",
    {},
    { $set: { b: 1, a: 2 } },
    { a: 2, b: 1 },
  ],
  ["$unset removes a field", { a: 1, b: 2 }, { $unset: { a: "" } }, { b: 2 }],
  [
    "$unset of an element leaves null",
    { a: [1, 2] },
    { $unset: { "a.0": "" } },
    { a: [null, 2] },
  ],
  ["$inc makes a field", {}, { $inc: { a: 2 } }, { a: 2 }],
  ["$inc of ints stays an int", { a: 1 }, { $inc: { a: 2 } }, { a: 3 }],
  [
    "$inc of an int by a double is a double",
    { a: 1 },
    { $inc: { a: new Double(2) } },
    { a: new Double(3) },
  ],
  [
    "$inc of a long stays a long",
    { a: Long.fromNumber(1) },
    { $inc: { a: 1 } },
    { a: Long.fromNumber(2) },
  ],
  [
    "$inc that overflows an int becomes a long",
    { a: 2147483647 },
    { $inc: { a: 1 } },
    { a: Long.fromNumber(2147483648) },
  ],
  [
    "$inc of decimals is exact",
    { a: Decimal128.fromString("0.1") },
    { $inc: { a: Decimal128.fromString("0.2") } },
    { a: Decimal128.fromString("0.3") },
  ],
  ["$mul", { a: 3 }, { $mul: { a: 4 } }, { a: 12 }],
  ["$mul of a missing field is 0", {}, { $mul: { a: 4 } }, { a: 0 }],
  [
    "$min and $max",
    { a: 5, b: 5 },
    { $min: { a: 3 }, $max: { b: 9 } },
    { a: 3, b: 9 },
  ],
  ["$min leaves a smaller value", { a: 1 }, { $min: { a: 3 } }, { a: 1 }],
  [
    "$max compares by the order of types",
    { a: 9 },
    { $max: { a: "x" } },
    { a: "x" },
  ],
  ["$rename", { a: 1, c: 1 }, { $rename: { a: "b.x" } }, { c: 1, b: { x: 1 } }],
  ["$push makes an array", {}, { $push: { a: 1 } }, { a: [1] }],
  [
    "$push with $each, $position, $sort and $slice",
    { a: [3, 1] },
    { $push: { a: { $each: [2, 5], $sort: 1, $slice: 3 } } },
    { a: [1, 2, 3] },
  ],
  [
    "$push at a position",
    { a: [1, 2] },
    { $push: { a: { $each: [9], $position: 1 } } },
    { a: [1, 9, 2] },
  ],
  [
    "$push at a position from the end",
    { a: [1, 2] },
    { $push: { a: { $each: [9], $position: -1 } } },
    { a: [1, 9, 2] },
  ],
  [
    "$push sorts documents by a field",
    { a: [{ s: 2 }] },
    { $push: { a: { $each: [{ s: 1 }], $sort: { s: 1 } } } },
    { a: [{ s: 1 }, { s: 2 }] },
  ],
  [
    "$slice from the end keeps the last",
    { a: [1, 2] },
    { $push: { a: { $each: [3], $slice: -2 } } },
    { a: [2, 3] },
  ],
  [
    "$addToSet adds what is new",
    { a: [1] },
    { $addToSet: { a: { $each: [1, 2, 2] } } },
    { a: [1, 2] },
  ],
  [
    "$addToSet knows equal documents",
    { a: [{ x: 1 }] },
    { $addToSet: { a: { x: 1 } } },
    { a: [{ x: 1 }] },
  ],
  ["$pop at the end", { a: [1, 2] }, { $pop: { a: 1 } }, { a: [1] }],
  ["$pop at the beginning", { a: [1, 2] }, { $pop: { a: -1 } }, { a: [2] }],
  ["$pull by value", { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  [
    "$pull by a condition",
    { a: [1, 5, 9] },
    { $pull: { a: { $gt: 3 } } },
    { a: [1] },
  ],
  [
    "$pull by fields",
    { a: [{ x: 1, y: 1 }, { x: 2 }] },
    { $pull: { a: { x: 1 } } },
    { a: [{ x: 2 }] },
  ],
  ["$pullAll", { a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  ["$bit", { a: 13 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
  [
    "$setOnInsert does nothing to what is there",
    { a: 1 },
    { $setOnInsert: { b: 1 }, $set: { a: 2 } },
    { a: 2 },
  ],
  [
    "the positional $",
    { a: [1, 5, 9] },
    { $set: { "a.$": 0 } },
    { a: [1, 0, 9] },
    { filter: { a: 5 } },
  ],
  [
    "the positional $ with $elemMatch",
    { a: [{ x: 1 }, { x: 2 }] },
    { $inc: { "a.$.n": 1 } },
    { a: [{ x: 1 }, { x: 2, n: 1 }] },
    { filter: { a: { $elemMatch: { x: 2 } } } },
  ],
  [
    "$[] changes every element",
    { a: [1, 2] },
    { $inc: { "a.$[]": 10 } },
    { a: [11, 12] },
  ],
  [
    "$[name] changes the filtered elements",
    { a: [{ g: 1 }, { g: 5 }] },
    { $set: { "a.$[low].g": 3 } },
    { a: [{ g: 3 }, { g: 5 }] },
    { arrayFilters: [{ "low.g": { $lt: 3 } }] },
  ],
  [
    "nested array filters",
    { a: [{ b: [1, 2] }, { b: [1] }] },
    { $set: { "a.$[].b.$[one]": 9 } },
    { a: [{ b: [9, 2] }, { b: [9] }] },
    { arrayFilters: [{ one: 1 }] },
  ],
  [
    "a pipeline",
    { a: 1, b: 2 },
    [{ $set: { sum: { $add: ["$a", "$b"] } } }, { $unset: "a" }],
    { b: 2, sum: 3 },
  ],
  [
    "a pipeline that replaces the document",
    { a: { x: 1 } },
    [{ $replaceWith: "$a" }],
    { x: 1 },
  ],
];

describe("an update", () => {
  test.each(rows)("%s", async (_title, document, update, expected, options) => {
    const result = await updated(document, update, options);
    expect(result).toEqual(typed(expected));
    expect(Object.keys(result)).toEqual(Object.keys(expected));
  });

  test("$currentDate sets a date or a timestamp", async () => {
    const result = await updated(
      {},
      { $currentDate: { a: true, b: { $type: "timestamp" } } },
    );
    expect(result.a).toBeInstanceOf(Date);
    expect(result.b._bsontype).toBe("Timestamp");
  });

  test("counts what matched and what changed", async () => {
    const collection = fresh();
    await collection.insertMany([{ a: 1 }, { a: 2 }]);
    expect(await collection.updateMany({}, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 2,
      modifiedCount: 1,
    });
  });

  test("replaces a document and keeps its _id", async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, a: 1, b: 1 } as Document);
    await collection.replaceOne({ a: 1 }, { c: 1 });
    expect(await collection.findOne()).toEqual({ _id: 1, c: 1 });
  });

  test("treats __proto__ as a field like any other", async () => {
    const collection = fresh();
    const evil = JSON.parse(
      '{"_id": 1, "__proto__": {"admin": true}, "x": {"__proto__": 1}}',
    );
    await collection.insertOne(evil);
    await collection.updateOne({}, { $set: { y: 1 } });
    const stored = (await collection.findOne()) as Document;
    expect(Object.keys(stored)).toEqual(["_id", "__proto__", "x", "y"]);
    expect(stored.admin).toBeUndefined();
  });
});

const refusals: [Document | Document[], number, Case?][] = [
  [{ $nope: { a: 1 } }, 9],
  [{ $set: 1 }, 9],
  [{ $set: { a: 1, "a.b": 2 } }, 40],
  [{ $set: { a: 1 }, $inc: { a: 1 } }, 40],
  [{ $set: { "": 1 } }, 56],
  [{ $set: { "a..b": 1 } }, 56],
  [{ $set: { _id: 2 } }, 66],
  [{ $unset: { _id: 1 } }, 66],
  [{ $inc: { text: 1 } }, 14],
  [{ $inc: { n: "x" } }, 14],
  [{ $push: { n: 1 } }, 2],
  [{ $addToSet: { n: 1 } }, 2],
  [{ $pop: { list: 2 } }, 9],
  [{ $pop: { n: 1 } }, 14],
  [{ $set: { "n.x": 1 } }, 28],
  [{ $set: { "list.x": 1 } }, 28],
  [{ $set: { "list.$": 1 } }, 2],
  [{ $set: { "n.$[]": 1 } }, 2],
  [{ $set: { "gone.$[]": 1 } }, 2],
  [{ $set: { "list.$[x]": 1 } }, 2],
  [{ $set: { n: 1 } }, 9, { arrayFilters: [{ x: 1 }] }],
  [{ $set: { "list.$[x]": 1 } }, 9, { arrayFilters: [{ x: 1, y: 1 }] }],
  [{ $rename: { n: "n" } }, 2],
  [{ $rename: { n: 1 } }, 2],
  [{ $push: { list: { $each: 1 } } }, 2],
  [{ $push: { list: { $each: [], $nope: 1 } } }, 2],
  [{ $bit: { n: { nope: 1 } } }, 2],
  [[{ $group: { _id: 1 } }], 72],
];

describe("an update is refused", () => {
  test.each(refusals)("%j with code %i", async (update, code, options) => {
    const collection = fresh();
    const document = { _id: 1, n: 1, text: "x", list: [1] };
    await collection.insertOne(document as Document);
    await expect(
      collection.updateOne({}, update, options),
    ).rejects.toMatchObject({ code });
    expect(await collection.findOne()).toEqual(document);
  });

  test("where a long overflows", async () => {
    const collection = fresh();
    await collection.insertOne({ a: Long.MAX_VALUE });
    await expect(
      collection.updateOne({}, { $inc: { a: 1 } }),
    ).rejects.toMatchObject({ code: 2 });
  });

  test("where the document would grow beyond 16 MiB", async () => {
    const collection = fresh();
    await collection.insertOne({ a: "x".repeat(10 * 1024 * 1024) });
    await expect(
      collection.updateOne({}, [{ $set: { b: { $concat: ["$a", "$a"] } } }]),
    ).rejects.toMatchObject({ code: expect.any(Number) });
  });
});

type UpsertRow = [string, Document, Document | Document[], Document];

const upserts: UpsertRow[] = [
  [
    "takes equalities from the query",
    { a: 1, b: { $eq: 2 }, c: { $gt: 3 } },
    { $set: { d: 4 } },
    { a: 1, b: 2, d: 4 },
  ],
  [
    "takes dotted paths",
    { "a.b": 1 },
    { $set: { "a.c": 2 } },
    { a: { b: 1, c: 2 } },
  ],
  [
    "looks into $and",
    { $and: [{ a: 1 }, { b: 2 }] },
    { $set: { c: 3 } },
    { a: 1, b: 2, c: 3 },
  ],
  [
    "takes the only choice of $or and $in",
    { $or: [{ a: 1 }], b: { $in: [2] } },
    { $set: { c: 3 } },
    { a: 1, b: 2, c: 3 },
  ],
  ["uses $setOnInsert", { a: 1 }, { $setOnInsert: { b: 2 } }, { a: 1, b: 2 }],
  [
    "counts from nothing",
    { a: "room" },
    { $inc: { seq: 1 } },
    { a: "room", seq: 1 },
  ],
  [
    "runs a pipeline",
    { a: 1 },
    [{ $set: { b: { $add: ["$a", 1] } } }],
    { a: 1, b: 2 },
  ],
];

describe("an upsert", () => {
  test.each(upserts)("%s", async (_title, filter, update, expected) => {
    const collection = fresh();
    const { upsertedId } = await collection.updateOne(filter, update, {
      upsert: true,
    });
    expect(await collection.findOne()).toEqual({
      _id: upsertedId,
      ...expected,
    });
  });

  test("takes the _id from the query", async () => {
    const collection = fresh();
    await collection.updateOne(
      { _id: 7 },
      { $set: { a: 1 } },
      { upsert: true },
    );
    expect(await collection.findOne()).toEqual({ _id: 7, a: 1 });
  });

  test("of a replacement takes the _id and nothing else", async () => {
    const collection = fresh();
    await collection.replaceOne({ _id: 7, x: 1 }, { a: 1 }, { upsert: true });
    expect(await collection.findOne()).toEqual({ _id: 7, a: 1 });
  });

  test("is refused where the query gives a field two values", async () => {
    await expect(
      fresh().updateOne(
        { $and: [{ a: 1 }, { a: 2 }] },
        { $set: { b: 1 } },
        { upsert: true },
      ),
    ).rejects.toMatchObject({ code: 54 });
  });

  test("gives the document before or after it to findOneAndUpdate", async () => {
    const collection = fresh();
    const count = (returnDocument: "before" | "after") =>
      collection.findOneAndUpdate(
        { _id: "room" },
        { $inc: { seq: 1 } },
        { upsert: true, returnDocument },
      );
    expect(await count("before")).toBeNull();
    expect(await count("before")).toEqual({ _id: "room", seq: 1 });
    expect(await count("after")).toEqual({ _id: "room", seq: 3 });
  });

  test("at once by many makes one document", async () => {
    const collection = fresh();
    const seqs = await Promise.all(
      Array.from({ length: 50 }, () =>
        collection.findOneAndUpdate(
          { _id: "room" } as Document,
          { $inc: { seq: 1 } },
          { upsert: true, returnDocument: "after" },
        ),
      ),
    );
    const numbers = seqs.map((document) => document?.seq as number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
  });
});
