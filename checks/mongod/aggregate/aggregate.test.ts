// oxlint-disable unicorn/no-thenable -- $cond and $switch have a field of that name
import { Decimal128, Double, Long, ObjectId, type Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startUnderTest, type Stored, type UnderTest } from "../under-test.ts";

let server: UnderTest;
beforeAll(async () => {
  server = await startUnderTest();
  await server.db.collection<Stored>("messages").insertMany(messages);
  await server.db.collection<Stored>("rooms").insertMany([
    { _id: "a", title: "Alpha" },
    { _id: "b", title: "Beta" },
  ]);
});
afterAll(() => server.close());

const messages = [
  { _id: 1, room: "a", user: "ann", seq: 1, likes: ["bob"] },
  { _id: 2, room: "a", user: "bob", seq: 2, likes: [] },
  { _id: 3, room: "b", user: "ann", seq: 1, likes: ["ann", "bob"] },
];

async function results(
  pipeline: Document[],
  collection = "messages",
  options = {},
) {
  return server.db
    .collection(collection)
    .aggregate(pipeline, options)
    .toArray();
}

type Row = [title: string, pipeline: Document[], expected: unknown[]];

const rows: Row[] = [
  [
    "$match, $sort, $skip, $limit",
    [
      { $match: { room: "a" } },
      { $sort: { seq: -1 } },
      { $skip: 1 },
      { $limit: 1 },
      { $project: { seq: 1 } },
    ],
    [{ _id: 1, seq: 1 }],
  ],
  [
    "$group with accumulators",
    [
      {
        $group: {
          _id: "$room",
          n: { $sum: 1 },
          top: { $max: "$seq" },
          low: { $min: "$seq" },
          users: { $push: "$user" },
        },
      },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: "a", n: 2, top: 2, low: 1, users: ["ann", "bob"] },
      { _id: "b", n: 1, top: 1, low: 1, users: ["ann"] },
    ],
  ],
  [
    "$group by a document",
    [
      { $group: { _id: { r: "$room" }, avg: { $avg: "$seq" } } },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: { r: "a" }, avg: 1.5 },
      { _id: { r: "b" }, avg: 1 },
    ],
  ],
  [
    "$group of everything",
    [{ $group: { _id: null, n: { $count: {} } } }],
    [{ _id: null, n: 3 }],
  ],
  [
    "$first and $last",
    [
      { $sort: { _id: 1 } },
      {
        $group: { _id: "$room", f: { $first: "$user" }, l: { $last: "$user" } },
      },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: "a", f: "ann", l: "bob" },
      { _id: "b", f: "ann", l: "ann" },
    ],
  ],
  [
    "$addToSet",
    [
      { $group: { _id: null, rooms: { $addToSet: "$room" } } },
      {
        $project: {
          _id: 0,
          rooms: { $sortArray: { input: "$rooms", sortBy: 1 } },
        },
      },
    ],
    [{ rooms: ["a", "b"] }],
  ],
  [
    "$project includes, excludes and computes",
    [
      { $match: { _id: 1 } },
      { $project: { _id: 0, user: 1, next: { $add: ["$seq", 1] } } },
    ],
    [{ user: "ann", next: 2 }],
  ],
  [
    "$project excludes",
    [{ $match: { _id: 2 } }, { $project: { room: 0, likes: 0 } }],
    [{ _id: 2, user: "bob", seq: 2 }],
  ],
  [
    "$addFields, $set and $unset",
    [
      { $match: { _id: 2 } },
      { $addFields: { "x.y": "$seq" } },
      { $set: { seq: 5 } },
      { $unset: ["room", "likes"] },
    ],
    [{ _id: 2, user: "bob", seq: 5, x: { y: 2 } }],
  ],
  [
    "$unwind",
    [{ $match: { _id: 3 } }, { $unwind: "$likes" }, { $project: { likes: 1 } }],
    [
      { _id: 3, likes: "ann" },
      { _id: 3, likes: "bob" },
    ],
  ],
  [
    "$unwind keeps empty arrays when asked",
    [
      { $match: { _id: 2 } },
      { $unwind: { path: "$likes", preserveNullAndEmptyArrays: true } },
      { $project: { seq: 1 } },
    ],
    [{ _id: 2, seq: 2 }],
  ],
  [
    "$lookup by fields",
    [
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: "rooms",
          localField: "room",
          foreignField: "_id",
          as: "r",
        },
      },
      { $project: { r: 1 } },
    ],
    [{ _id: 1, r: [{ _id: "a", title: "Alpha" }] }],
  ],
  [
    "$lookup by a pipeline",
    [
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: "rooms",
          let: { room: "$room" },
          pipeline: [
            { $match: { $expr: { $ne: ["$_id", "$$room"] } } },
            { $project: { title: 1 } },
          ],
          as: "r",
        },
      },
      { $project: { r: 1 } },
    ],
    [{ _id: 1, r: [{ _id: "b", title: "Beta" }] }],
  ],
  [
    "$facet",
    [
      {
        $facet: {
          n: [{ $count: "n" }],
          a: [{ $match: { room: "a" } }, { $count: "n" }],
        },
      },
    ],
    [{ n: [{ n: 3 }], a: [{ n: 2 }] }],
  ],
  [
    "$sortByCount",
    [{ $sortByCount: "$room" }],
    [
      { _id: "a", count: 2 },
      { _id: "b", count: 1 },
    ],
  ],
  ["$count", [{ $match: { room: "a" } }, { $count: "n" }], [{ n: 2 }]],
  [
    "$replaceRoot",
    [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { u: "$user" } } }],
    [{ u: "ann" }],
  ],
  [
    "$unionWith",
    [
      { $match: { _id: 1 } },
      { $project: { user: 1 } },
      { $unionWith: { coll: "rooms", pipeline: [{ $match: { _id: "a" } }] } },
    ],
    [
      { _id: 1, user: "ann" },
      { _id: "a", title: "Alpha" },
    ],
  ],
  [
    "$bucket",
    [
      {
        $bucket: {
          groupBy: "$seq",
          boundaries: [0, 2, 5],
          output: { n: { $sum: 1 } },
        },
      },
    ],
    [
      { _id: 0, n: 2 },
      { _id: 2, n: 1 },
    ],
  ],
  [
    "$graphLookup",
    [
      { $match: { _id: 1 } },
      {
        $graphLookup: {
          from: "rooms",
          startWith: "$room",
          connectFromField: "_id",
          connectToField: "_id",
          as: "g",
        },
      },
      { $project: { g: "$g.title" } },
    ],
    [{ _id: 1, g: ["Alpha"] }],
  ],
  [
    "$setWindowFields",
    [
      {
        $setWindowFields: {
          partitionBy: "$room",
          sortBy: { seq: 1 },
          output: { rank: { $documentNumber: {} } },
        },
      },
      { $sort: { _id: 1 } },
      { $project: { rank: 1 } },
    ],
    [
      { _id: 1, rank: 1 },
      { _id: 2, rank: 2 },
      { _id: 3, rank: 1 },
    ],
  ],
];

describe("a pipeline", () => {
  test.each(rows)("%s", async (_title, pipeline, expected) => {
    expect(await results(pipeline)).toEqual(expected);
  });

  test("$documents brings its own", async () => {
    const found = await server.db
      .aggregate([{ $documents: [{ a: 1 }, { a: 2 }] }, { $match: { a: 2 } }])
      .toArray();
    expect(found).toEqual([{ a: 2 }]);
  });

  test("$out replaces a collection", async () => {
    await results([{ $match: { room: "a" } }, { $out: "copied" }]);
    await results([{ $match: { room: "b" } }, { $out: "copied" }]);
    expect(await server.db.collection("copied").distinct("_id")).toEqual([3]);
  });

  test("$merge adds, merges and keeps", async () => {
    const target = server.db.collection<Stored>("merged");
    await target.insertMany([{ _id: 1, kept: true }, { _id: 9 }]);
    await results([
      { $match: { room: "a" } },
      { $project: { seq: 1 } },
      { $merge: "merged" },
    ]);
    expect(await target.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, kept: true, seq: 1 },
      { _id: 2, seq: 2 },
      { _id: 9 },
    ]);
  });

  test("let gives variables", async () => {
    const pipeline = [
      { $match: { $expr: { $eq: ["$seq", "$$wanted"] } } },
      { $project: { _id: 1 } },
    ];
    expect(await results(pipeline, "messages", { let: { wanted: 2 } })).toEqual(
      [{ _id: 2 }],
    );
  });

  test("reads a view", async () => {
    await server.db.createCollection("of_a", {
      viewOn: "messages",
      pipeline: [{ $match: { room: "a" } }],
    });
    expect(await server.db.collection("of_a").countDocuments()).toBe(2);
    expect(
      await server.db.collection("of_a").find({ seq: 2 }).toArray(),
    ).toHaveLength(1);
    await expect(
      server.db.collection("of_a").insertOne({}),
    ).rejects.toMatchObject({ code: 166 });
  });
});

const date = new Date("2026-02-03T04:05:06.007Z");
const id = new ObjectId("65bd00000000000000000000");

const expressions: [expression: unknown, value: unknown][] = [
  [{ $add: [1, 2, 3] }, 6],
  [{ $add: [date, 1000] }, new Date(date.getTime() + 1000)],
  [{ $add: [1, null] }, null],
  [{ $subtract: [5, 3] }, 2],
  [{ $subtract: [new Date(5), new Date(3)] }, Long.fromNumber(2)],
  [{ $multiply: [2, 2.5] }, new Double(5)],
  [{ $divide: [1, 2] }, 0.5],
  [{ $divide: [4, 2] }, new Double(2)],
  [{ $mod: [7, 3] }, 1],
  [{ $add: [2147483647, 1] }, Long.fromNumber(2147483648)],
  [
    { $add: [Decimal128.fromString("0.1"), Decimal128.fromString("0.2")] },
    Decimal128.fromString("0.3"),
  ],
  [{ $abs: -3 }, 3],
  [{ $ceil: 1.2 }, new Double(2)],
  [{ $sqrt: 9 }, new Double(3)],
  [{ $round: [1.256, 2] }, 1.26],
  [{ $eq: [1, { $literal: new Double(1) }] }, true],
  [{ $gt: ["b", "a"] }, true],
  [{ $lt: [5, "a"] }, true],
  [{ $cmp: [1, 2] }, -1],
  [{ $lt: ["$missing", null] }, true],
  [{ $and: [1, "x", true] }, true],
  [{ $or: [0, null, "$missing"] }, false],
  [{ $not: [0] }, true],
  [{ $cond: [{ $gt: [2, 1] }, "yes", "no"] }, "yes"],
  [{ $cond: { if: 0, then: 1, else: 2 } }, 2],
  [{ $ifNull: ["$missing", "d"] }, "d"],
  [
    {
      $switch: {
        branches: [
          { case: false, then: 1 },
          { case: true, then: 2 },
        ],
      },
    },
    2,
  ],
  [{ $concat: ["a", "b"] }, "ab"],
  [{ $toUpper: "ab" }, "AB"],
  [{ $substrCP: ["hello", 1, 3] }, "ell"],
  [{ $split: ["a-b", "-"] }, ["a", "b"]],
  [{ $strLenCP: "héllo" }, 5],
  [{ $trim: { input: " x " } }, "x"],
  [{ $regexMatch: { input: "hello", regex: "ell" } }, true],
  [{ $regexMatch: { input: "hello", regex: /ELL/i } }, true],
  [{ $and: [false, { $divide: [1, 0] }] }, false],
  [{ $or: [1, { $divide: [1, 0] }] }, true],
  [{ $size: [[1, 2, 3]] }, 3],
  [{ $arrayElemAt: [[1, 2, 3], -1] }, 3],
  [{ $slice: [[1, 2, 3], 2] }, [1, 2]],
  [{ $concatArrays: [[1], [2]] }, [1, 2]],
  [{ $filter: { input: [1, 5, 9], cond: { $gt: ["$$this", 4] } } }, [5, 9]],
  [
    { $map: { input: [1, 2], as: "x", in: { $multiply: ["$$x", 10] } } },
    [10, 20],
  ],
  [
    {
      $reduce: {
        input: [1, 2, 3],
        initialValue: 0,
        in: { $add: ["$$value", "$$this"] },
      },
    },
    6,
  ],
  [{ $in: [2, [1, 2]] }, true],
  [{ $indexOfArray: [["a", "b"], "b"] }, 1],
  [{ $range: [0, 3] }, [0, 1, 2]],
  [{ $reverseArray: [[1, 2]] }, [2, 1]],
  [{ $setUnion: [[1, 2], [2]] }, [1, 2]],
  [{ $max: [1, 5, 3] }, 5],
  [{ $sum: [1, 2] }, 3],
  [{ $avg: [1, 2] }, 1.5],
  [{ $mergeObjects: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }],
  [{ $objectToArray: { a: 1 } }, [{ k: "a", v: 1 }]],
  [{ $arrayToObject: [[["a", 1]]] }, { a: 1 }],
  [{ $let: { vars: { x: 2 }, in: { $add: ["$$x", 1] } } }, 3],
  [{ $literal: "$x" }, "$x"],
  [{ $type: "$missing" }, "missing"],
  [{ $type: { $literal: 1.5 } }, "double"],
  [{ $toString: id }, "65bd00000000000000000000"],
  [{ $toString: date }, "2026-02-03T04:05:06.007Z"],
  [{ $toObjectId: "65bd00000000000000000000" }, id],
  [{ $toInt: "12" }, 12],
  [{ $toLong: 12 }, Long.fromNumber(12)],
  [{ $toDouble: "1.5" }, 1.5],
  [{ $toBool: 0 }, false],
  [{ $toDate: "2026-02-03T04:05:06.007Z" }, date],
  [{ $toDate: id }, id.getTimestamp()],
  [{ $convert: { input: "x", to: "int", onError: -1 } }, -1],
  [{ $year: date }, 2026],
  [{ $dayOfMonth: date }, 3],
  [{ $dateToString: { date, format: "%Y-%m-%d" } }, "2026-02-03"],
  [{ $dateTrunc: { date, unit: "day" } }, new Date("2026-02-03T00:00:00Z")],
];

/** Numbers with their types: the driver otherwise hides them. */
function typed(value: unknown): unknown {
  return typeof value === "number" ? { number: value } : value;
}

describe("an expression", () => {
  test.each(expressions)("%j", async (expression, expected) => {
    const [result] = await results(
      [{ $limit: 1 }, { $project: { _id: 0, value: expression } }],
      "messages",
      { promoteLongs: false },
    );
    const wanted = expected instanceof Double ? expected.value : expected;
    expect(typed(result?.value)).toEqual(typed(wanted));
    if (expected instanceof Double) {
      const [{ type } = {}] = await results([
        { $limit: 1 },
        { $project: { type: { $type: expression } } },
      ]);
      expect(type).toBe("double");
    }
  });
});

const refusals: [Document[], number][] = [
  [[{ $nope: 1 }], 40324],
  [[{ $match: {}, $sort: {} }], 40323],
  [[{ $out: "x" }, { $match: {} }], 40601],
  [[{ $group: { n: { $sum: 1 } } }], 15955],
  [[{ $group: { _id: 1, n: 5 } }], 40234],
  [[{ $group: { _id: 1, n: { $nope: 5 } } }], 15952],
  [[{ $limit: 0 }], 15958],
  [[{ $skip: -1 }], 5107200],
  [[{ $sort: { a: 2 } }], 15975],
  [[{ $count: "" }], 40156],
  [[{ $project: {} }], 51272],
  [[{ $project: { a: 1, b: 0 } }], 31254],
  [[{ $project: { a: 0, b: 1 } }], 31253],
  [[{ $project: { a: { $nope: 1 } } }], 31325],
  [[{ $project: { a: { $divide: [1, 0] } } }], 2],
  [[{ $project: { a: { $toInt: "x" } } }], 241],
  [[{ $project: { a: "$$nope" } }], 17276],
  [[{ $replaceWith: "$seq" }], 40228],
];

describe("a pipeline is refused", () => {
  test.each(refusals)("%j with code %i", async (pipeline, code) => {
    await expect(results(pipeline)).rejects.toMatchObject({ code });
  });
});

describe("numbers pass through a pipeline as they are", () => {
  test("double, long and decimal", async () => {
    const document = {
      a: new Double(1),
      b: Long.fromNumber(2),
      c: Decimal128.fromString("1.10"),
    };
    await server.db
      .collection<Stored>("typed")
      .insertOne({ _id: 1, ...document });
    const [result] = await results(
      [
        { $group: { _id: "$_id", d: { $first: "$$ROOT" } } },
        { $replaceWith: "$d" },
        { $unset: "_id" },
      ],
      "typed",
      { promoteValues: false },
    );
    expect(result).toEqual(document);
  });

  test("1, 1.0 and a long 1 are one group", async () => {
    await server.db
      .collection("mixed")
      .insertMany([{ a: 1 }, { a: new Double(1) }, { a: Long.ONE }]);
    expect(
      await results([{ $group: { _id: "$a", n: { $sum: 1 } } }], "mixed"),
    ).toEqual([{ _id: 1, n: 3 }]);
  });
});
