import type { Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest();
  await server.db.collection<Stored>("p").insertOne({
    _id: 1,
    a: 1,
    b: { c: 2, d: 3 },
    list: [1, 2, 3, 4],
    docs: [{ x: 1, y: 1 }, { x: 2, y: 2 }, 5],
  });
});
afterAll(() => server.close());

const rows: [projection: Document, expected: Document, filter?: Document][] = [
  [{ a: 1 }, { _id: 1, a: 1 }],
  [{ a: 1, _id: 0 }, { a: 1 }],
  [{ _id: 1 }, { _id: 1 }],
  [
    { a: true, "b.c": 1 },
    { _id: 1, a: 1, b: { c: 2 } },
  ],
  [{ b: { d: 1 } }, { _id: 1, b: { d: 3 } }],
  [{ "docs.x": 1 }, { _id: 1, docs: [{ x: 1 }, { x: 2 }] }],
  [
    { a: 0, list: 0, "docs.y": 0, "b.c": 0 },
    { _id: 1, b: { d: 3 }, docs: [{ x: 1 }, { x: 2 }, 5] },
  ],
  [{ _id: 0, b: 0, list: 0, docs: 0 }, { a: 1 }],
  [
    { list: { $slice: 2 }, a: 1 },
    { _id: 1, a: 1, list: [1, 2] },
  ],
  [
    { _id: 0, a: 1, list: { $slice: -1 } },
    { a: 1, list: [4] },
  ],
  [
    { _id: 0, a: 1, list: { $slice: [1, 2] } },
    { a: 1, list: [2, 3] },
  ],
  [{ docs: { $elemMatch: { x: 2 } } }, { _id: 1, docs: [{ x: 2, y: 2 }] }],
  [{ docs: { $elemMatch: { x: 9 } } }, { _id: 1 }],
  [{ "list.$": 1 }, { _id: 1, list: [3] }, { list: { $gt: 2 } }],
  [{ "docs.$": 1 }, { _id: 1, docs: [{ x: 2, y: 2 }] }, { "docs.x": 2 }],
  [{ _id: 0, sum: { $add: ["$a", "$b.c"] } }, { sum: 3 }],
  [{ _id: 0, copy: "$b" }, { copy: { c: 2, d: 3 } }],
  [{ gone: 1 }, { _id: 1 }],
];

describe("a projection", () => {
  test.each(rows)("%j", async (projection, expected, filter = {}) => {
    const found = await server.db
      .collection("p")
      .findOne(filter, { projection });
    expect(found).toEqual(expected);
  });

  test.each([
    [{ a: 1, b: 0 }, 31254],
    [{ a: 0, b: 1 }, 31253],
    [{ b: 1, "b.c": 1 }, 31249],
  ])("%j is refused with code %i", async (projection, code) => {
    const find = server.db.collection("p").find({}, { projection }).toArray();
    await expect(find).rejects.toMatchObject({ code });
  });
});

const order = async (documents: Document[], sort: Document) => {
  const collection = server.db.collection<Stored>(
    `sort_${JSON.stringify(sort)}_${documents.length}`.replace("$", ""),
  );
  await collection.insertMany(
    documents.map((document, _id) => ({ _id, ...document })),
  );
  const found = await collection
    .find()
    .sort(sort as Record<string, 1>)
    .toArray();
  return found.map(({ _id }) => _id);
};

describe("a sort", () => {
  test("goes through the types in MongoDB's order", async () => {
    const documents = [
      { a: true },
      { a: "x" },
      { a: 1 },
      { a: null },
      { a: new Date() },
      { a: {} },
      { a: [] },
    ];
    expect(await order(documents, { a: 1 })).toEqual([6, 3, 2, 1, 5, 0, 4]);
  });

  test("takes an array's lowest element ascending and its highest descending", async () => {
    const documents = [{ a: [1, 9] }, { a: 5 }];
    expect(await order(documents, { a: 1 })).toEqual([0, 1]);
    expect(await order([...documents, {}], { a: -1 })).toEqual([0, 1, 2]);
  });

  test("by several fields", async () => {
    const documents = [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 0, b: 0 },
    ];
    expect(await order(documents, { a: -1, b: -1 })).toEqual([1, 0, 2]);
  });
});
