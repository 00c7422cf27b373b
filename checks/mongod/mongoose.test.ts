import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startUnderTest, type UnderTest } from "./under-test.ts";

let server: UnderTest;
let connection: mongoose.Connection;

beforeAll(async () => {
  server = await startUnderTest();
  connection = await mongoose
    .createConnection(server.uri, { dbName: server.db.databaseName })
    .asPromise();
});
afterAll(async () => {
  await connection.close();
  await server.close();
});

test("mongoose works unchanged: models, indexes, population, versions, bulk writes", async () => {
  const userSchema = new mongoose.Schema({
    name: { type: String, required: true, unique: true },
  });
  const messageSchema = new mongoose.Schema(
    {
      text: { type: String, maxlength: 500 },
      user: { type: mongoose.Schema.Types.ObjectId, ref: "User" },
      tags: [String],
      score: mongoose.Schema.Types.Decimal128,
    },
    { timestamps: true },
  );
  const User = connection.model("User", userSchema);
  const Message = connection.model("Message", messageSchema);
  await Promise.all([User.init(), Message.init()]);

  const ann = await User.create({ name: "ann" });
  await expect(User.create({ name: "ann" })).rejects.toMatchObject({
    code: 11000,
    keyValue: { name: "ann" },
  });
  await expect(User.create({})).rejects.toThrow("required");

  const message = await Message.create({
    text: "hi",
    user: ann._id,
    tags: ["a"],
    score: "1.50",
  });
  const found = await Message.findOne({ tags: "a" }).populate("user").orFail();
  expect(found.get("user.name")).toBe("ann");
  expect(String(found.score)).toBe("1.50");
  expect(found.createdAt).toBeInstanceOf(Date);

  found.tags.push("b");
  await found.save();
  expect(found.__v).toBe(1);
  // The same document, as it was before: its array has changed meanwhile.
  message.tags = ["z"];
  await expect(message.save()).rejects.toMatchObject({ name: "VersionError" });

  await Message.bulkWrite([
    { insertOne: { document: { text: "one" } } },
    {
      updateOne: {
        filter: { text: "two" },
        update: { $set: { tags: ["x"] } },
        upsert: true,
      },
    },
    { deleteOne: { filter: { text: "hi" } } },
  ]);
  expect(await Message.distinct("text")).toEqual(["one", "two"]);
  expect(
    await Message.aggregate([{ $group: { _id: null, n: { $sum: 1 } } }]),
  ).toEqual([{ _id: null, n: 2 }]);
  const texts: string[] = [];
  for await (const { text } of Message.find()
    .sort("text")
    .cursor({ batchSize: 1 }))
    texts.push(text ?? "");
  expect(texts).toEqual(["one", "two"]);
});
