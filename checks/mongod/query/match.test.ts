import {
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  type Document,
} from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest();
});
afterAll(() => server.close());

let collections = 0;

/** The `_id`s of the documents that a filter finds; documents without one are numbered from 1. */
async function found(documents: Document[], filter: Document, options = {}) {
  const collection = server.db.collection<Stored>(`match_${collections++}`);
  await collection.insertMany(
    documents.map((document, i) => ({ _id: i + 1, ...document })),
  );
  const matches = await collection
    .find(filter, options)
    .sort({ _id: 1 })
    .toArray();
  return matches.map(({ _id }) => _id);
}

type Row = [
  title: string,
  documents: Document[],
  filter: Document,
  ids: unknown[],
];

const rows: Row[] = [
  ["equality of a field", [{ a: 1 }, { a: 2 }, {}], { a: 1 }, [1]],
  [
    "null finds a missing field",
    [{ a: null }, {}, { a: 0 }],
    { a: null },
    [1, 2],
  ],
  [
    "$ne null leaves missing fields out",
    [{ a: null }, {}, { a: 0 }],
    { a: { $ne: null } },
    [3],
  ],
  ["an element of an array", [{ a: [1, 2] }, { a: [3] }], { a: 2 }, [1]],
  [
    "a whole array",
    [{ a: [1, 2] }, { a: [2, 1] }, { a: [[1, 2]] }],
    { a: [1, 2] },
    [1, 3],
  ],
  [
    "an embedded document, in its order",
    [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }],
    { a: { x: 1, y: 2 } },
    [1],
  ],
  [
    "a dotted path",
    [{ a: { b: 1 } }, { a: { b: 2 } }, { a: 1 }],
    { "a.b": 1 },
    [1],
  ],
  [
    "a dotted path through an array",
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 3 }] }],
    { "a.b": 2 },
    [1],
  ],
  ["a dotted path by index", [{ a: [1, 2] }, { a: [2, 1] }], { "a.1": 2 }, [1]],
  [
    "numbers of all types are equal",
    [
      { a: 1 },
      { a: new Double(1) },
      { a: Long.fromNumber(1) },
      { a: Decimal128.fromString("1.0") },
    ],
    { a: 1 },
    [1, 2, 3, 4],
  ],
  [
    "a decimal is not its nearest double",
    [{ a: 0.1 }, { a: Decimal128.fromString("0.1") }],
    { a: 0.1 },
    [1],
  ],
  ["NaN equals NaN", [{ a: NaN }, { a: 1 }], { a: NaN }, [1]],
  [
    "longs beyond a double's precision",
    [
      { a: Long.fromString("9007199254740993") },
      { a: Long.fromString("9007199254740992") },
    ],
    { a: Long.fromString("9007199254740993") },
    [1],
  ],
  [
    "$gt compares within a type only",
    [{ a: 5 }, { a: "5" }, { a: null }, {}],
    { a: { $gt: 3 } },
    [1],
  ],
  [
    "$gt of strings",
    [{ a: "b" }, { a: "a" }, { a: 1 }],
    { a: { $gt: "a" } },
    [1],
  ],
  [
    "$lte null finds null and missing",
    [{ a: null }, {}, { a: 1 }],
    { a: { $lte: null } },
    [1, 2],
  ],
  [
    "$gte and $lte across an array's elements",
    [{ a: [1, 9] }, { a: 5 }],
    { a: { $gte: 4, $lte: 6 } },
    [1, 2],
  ],
  ["$lt never finds NaN", [{ a: NaN }, { a: 1 }], { a: { $lt: 2 } }, [2]],
  [
    "$gt of dates",
    [{ a: new Date(5) }, { a: new Date(1) }, { a: 9 }],
    { a: { $gt: new Date(2) } },
    [1],
  ],
  [
    "$gt of ObjectIds",
    [
      { a: new ObjectId("0".repeat(23) + "2") },
      { a: new ObjectId("0".repeat(24)) },
    ],
    { a: { $gt: new ObjectId("0".repeat(23) + "1") } },
    [1],
  ],
  [
    "$gt MinKey finds every type",
    [{ a: 1 }, { a: "x" }, { a: null }],
    { a: { $gt: new MinKey() } },
    [1, 2, 3],
  ],
  [
    "$lt MaxKey finds every type",
    [{ a: 1 }, { a: "x" }],
    { a: { $lt: new MaxKey() } },
    [1, 2],
  ],
  [
    "timestamps",
    [
      { a: new Timestamp({ t: 2, i: 1 }) },
      { a: new Timestamp({ t: 1, i: 1 }) },
    ],
    { a: { $gt: new Timestamp({ t: 1, i: 5 }) } },
    [1],
  ],
  [
    "$in",
    [{ a: 1 }, { a: [2, 3] }, { a: 4 }, {}],
    { a: { $in: [1, 3] } },
    [1, 2],
  ],
  [
    "$in with null",
    [{ a: 1 }, {}, { a: null }],
    { a: { $in: [null] } },
    [2, 3],
  ],
  [
    "$in with a regular expression",
    [{ a: "ann" }, { a: "bob" }],
    { a: { $in: [/^a/] } },
    [1],
  ],
  ["$nin", [{ a: 1 }, { a: [2, 3] }, {}], { a: { $nin: [1, 3] } }, [3]],
  ["$exists", [{ a: null }, {}, { a: [] }], { a: { $exists: true } }, [1, 3]],
  ["$exists: false", [{ a: null }, {}], { a: { $exists: false } }, [2]],
  [
    "$exists: false through an array",
    [{ a: [{ b: 1 }, {}] }, { a: [{}] }],
    { "a.b": { $exists: false } },
    [2],
  ],
  [
    "$type by alias",
    [{ a: 1 }, { a: new Double(1) }, { a: "1" }],
    { a: { $type: "double" } },
    [2],
  ],
  [
    "$type number",
    [{ a: 1 }, { a: 1.5 }, { a: Long.ONE }, { a: "1" }],
    { a: { $type: "number" } },
    [1, 2, 3],
  ],
  [
    "$type by number and of several",
    [{ a: "x" }, { a: true }, { a: 1 }],
    { a: { $type: [2, "bool"] } },
    [1, 2],
  ],
  [
    "$type of an element",
    [{ a: ["x"] }, { a: [1] }],
    { a: { $type: "string" } },
    [1],
  ],
  [
    "$type array is the array itself",
    [{ a: [] }, { a: 1 }],
    { a: { $type: "array" } },
    [1],
  ],
  ["$size", [{ a: [1, 2] }, { a: [1] }, { a: 2 }], { a: { $size: 2 } }, [1]],
  [
    "$all",
    [{ a: [1, 2, 3] }, { a: [1] }, { a: 1 }],
    { a: { $all: [1, 2] } },
    [1],
  ],
  [
    "$all with $elemMatch",
    [
      {
        a: [
          { x: 1, y: 1 },
          { x: 2, y: 2 },
        ],
      },
      { a: [{ x: 1, y: 2 }] },
    ],
    { a: { $all: [{ $elemMatch: { x: 1, y: 1 } }] } },
    [1],
  ],
  [
    "$elemMatch on documents",
    [{ a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }, { y: 2 }] }],
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [1],
  ],
  [
    "$elemMatch on values",
    [{ a: [1, 9] }, { a: [5] }],
    { a: { $elemMatch: { $gte: 4, $lte: 6 } } },
    [2],
  ],
  [
    "$elemMatch on elements that are arrays",
    [{ a: [[1, 2]] }, { a: [1, 2] }, { a: [[1]] }],
    { a: { $elemMatch: { $size: 2 } } },
    [1],
  ],
  [
    "$elemMatch does not look into elements that are arrays",
    [{ a: [[5]] }, { a: [5] }],
    { a: { $elemMatch: { $gt: 4 } } },
    [2],
  ],
  ["$not", [{ a: 1 }, { a: 5 }, {}], { a: { $not: { $gt: 3 } } }, [1, 3]],
  [
    "$not with a regular expression",
    [{ a: "ann" }, { a: "bob" }],
    { a: { $not: /^a/ } },
    [2],
  ],
  [
    "$and, $or, $nor",
    [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 2, b: 2 },
    ],
    { $and: [{ $or: [{ a: 1 }, { b: 2 }] }, { $nor: [{ a: 2 }] }] },
    [1, 2],
  ],
  [
    "$mod",
    [{ a: 4 }, { a: 5 }, { a: 4.9 }, { a: "4" }],
    { a: { $mod: [4, 0] } },
    [1, 3],
  ],
  [
    "$regex with options",
    [{ a: "Ann" }, { a: "bob" }],
    { a: { $regex: "^a", $options: "i" } },
    [1],
  ],
  [
    "a regular expression over lines",
    [{ a: "x\nann" }, { a: "bob" }],
    { a: /^ann/m },
    [1],
  ],
  [
    "$regex with x",
    [{ a: "ab" }],
    { a: { $regex: "a # comment\n b", $options: "x" } },
    [1],
  ],
  [
    "$regex with escapes and classes of its own signs",
    [{ a: "1++" }, { a: "1" }],
    { a: { $regex: "^1[*+]\\++$" } },
    [1],
  ],
  ["$bitsAllSet", [{ a: 6 }, { a: 2 }], { a: { $bitsAllSet: [1, 2] } }, [1]],
  ["$bitsAnyClear", [{ a: 6 }, { a: 7 }], { a: { $bitsAnyClear: 1 } }, [1]],
  [
    "$expr compares fields",
    [
      { a: 2, b: 1 },
      { a: 1, b: 2 },
    ],
    { $expr: { $gt: ["$a", "$b"] } },
    [1],
  ],
  [
    "$jsonSchema as a query",
    [{ a: 1 }, { a: "x" }],
    { $jsonSchema: { properties: { a: { bsonType: "int" } } } },
    [1],
  ],
  ["booleans are no numbers", [{ a: true }, { a: 1 }], { a: true }, [1]],
  [
    "code points beyond the surrogates sort last",
    [{ a: "\u{1F600}" }, { a: "\uFFFD" }],
    { a: { $gt: "\uFFFD" } },
    [1],
  ],
];

describe("a query finds", () => {
  test.each(rows)("%s", async (_title, documents, filter, ids) => {
    expect(await found(documents, filter)).toEqual(ids);
  });

  test("strings by the rules of a collation", async () => {
    const documents = [{ a: "Ann" }, { a: "ann" }, { a: "bob" }];
    const collation = { locale: "en", strength: 2 };
    expect(await found(documents, { a: "ANN" }, { collation })).toEqual([1, 2]);
    expect(
      await found(documents, { a: { $in: ["BOB"] } }, { collation }),
    ).toEqual([3]);
  });

  test("by the variables of let", async () => {
    const filter = { $expr: { $eq: ["$a", "$$wanted"] } };
    expect(
      await found([{ a: 1 }, { a: 2 }], filter, { let: { wanted: 2 } }),
    ).toEqual([2]);
  });

  test("an int32 and nothing near it by $type", async () => {
    const filter = { a: { $type: "int" } };
    expect(
      await found(
        [{ a: new Int32(5) }, { a: new Double(5) }, { a: Long.fromNumber(5) }],
        filter,
      ),
    ).toEqual([1]);
  });
});

const refusals: [filter: Document, code: number][] = [
  [{ a: { $nope: 1 } }, 2],
  [{ $nope: 1 }, 2],
  [{ $and: [] }, 2],
  [{ $or: [1] }, 2],
  [{ a: { $in: 1 } }, 2],
  [{ a: { $in: [{ $gt: 1 }] } }, 2],
  [{ a: { $all: 1 } }, 2],
  [{ a: { $elemMatch: 1 } }, 2],
  [{ a: { $size: -1 } }, 2],
  [{ a: { $size: "x" } }, 2],
  [{ a: { $mod: [1] } }, 2],
  [{ a: { $mod: [0, 0] } }, 2],
  [{ a: { $type: "nope" } }, 2],
  [{ a: { $not: 5 } }, 2],
  [{ a: { $ne: /x/ } }, 2],
  [{ a: { $options: "i" } }, 2],
  [{ a: { $regex: "(" } }, 51091],
  [{ a: { $regex: "a", $options: "q" } }, 51108],
  [{ $expr: { $nope: 1 } }, 168],
];

describe("a query is refused", () => {
  test.each(refusals)("%j with code %i", async (filter, code) => {
    await expect(
      server.db.collection("refused").find(filter).toArray(),
    ).rejects.toMatchObject({ code });
  });

  test.each(["\\Ax", "[[:alpha:]]", "(?>x)", "x++"])(
    "with the regular expression %s, which is not JavaScript's",
    async ($regex) => {
      if (!server.builtIn) return;
      const find = server.db
        .collection("refused")
        .find({ a: { $regex } })
        .toArray();
      await expect(find).rejects.toMatchObject({ code: 51091 });
    },
  );

  test.each(["$where", "$text", "$near"])(
    "with %s by name",
    async (operator) => {
      if (!server.builtIn) return;
      const filter =
        operator === "$near" ? { a: { $near: [0, 0] } } : { [operator]: "x" };
      await expect(
        server.db.collection("refused").find(filter).toArray(),
      ).rejects.toMatchObject({
        code: 115,
        message: expect.stringContaining(operator),
      });
    },
  );
});
