import { join } from "node:path";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CheckRun } from "./check-run.ts";
import { type Database, openDatabase } from "./database.ts";
import { inBetween, inStep } from "./in-step.ts";
import type { Lesson, World } from "./lesson.ts";
import { root } from "./repository.ts";

const entry = join(root, "checks", "kit", "samples", "stores.ts");

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** Runs `look` in a check, with a client of the database that goes through its tap. */
async function inACheck(
  look: (world: World, messages: Messages) => Promise<void>,
): Promise<void> {
  let failure: unknown;
  const lesson: Lesson = {
    name: "01-one-server",
    needs: { database: {} },
    requirements: [
      {
        id: "look",
        title: "It is as it should be",
        kind: "base",
        hints: ["one", "two", "three"],
        check: async (world) => {
          const client = new MongoClient(world.database.tap.uri);
          try {
            await look(world, messagesOf(client, world));
          } catch (error) {
            failure = error;
          } finally {
            await client.close();
          }
        },
      },
    ],
  };
  const run = new CheckRun(lesson, {
    entry,
    typeCheck: false,
    database: Promise.resolve(database),
  });
  for (const requirement of lesson.requirements) await run.judge(requirement);
  await run.end();
  if (failure !== undefined) throw failure;
}

type Messages = ReturnType<typeof messagesOf>;

function messagesOf(client: MongoClient, { database: { name } }: World) {
  return client.db(name).collection<{ text: string }>("messages");
}

/** Looks first and stores then, as one should not. */
async function storeUnlessThere(messages: Messages, text: string) {
  if ((await messages.findOne({ text })) !== null) return "was there";
  await messages.insertOne({ text });
  return "stored";
}

const RUNS = 10;

test("whoever looks first and stores then is always too early", () =>
  inACheck(async (world, messages) => {
    for (let run = 0; run < RUNS; run++) {
      const text = `number ${run}`;
      const ends = await inStep(world, () => [
        storeUnlessThere(messages, text),
        storeUnlessThere(messages, text),
      ]);
      expect(ends).toMatchObject([{ value: "stored" }, { value: "stored" }]);
    }
  }));

test("one after another goes its way, too", () =>
  inACheck(async (world, messages) => {
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = () => {
      const turn = last.then(() => storeUnlessThere(messages, "once"));
      last = turn;
      return turn;
    };
    const ends = await inStep(world, () => [inTurn(), inTurn()]);
    expect(ends).toMatchObject([{ value: "stored" }, { value: "was there" }]);
  }));

test("a call that fails is told, and holds nobody up", () =>
  inACheck(async (world, messages) => {
    const ends = await inStep<unknown>(world, () => [
      Promise.reject(new Error("no")),
      storeUnlessThere(messages, "yes"),
    ]);
    expect(ends).toMatchObject([{ status: "rejected" }, { value: "stored" }]);
    expect(world.database.tap.held).toBe(0);
  }));

test("something happens after each command of a call, before its caller knows", () =>
  inACheck(async (world, messages) => {
    const { db } = world.database;
    const seen: number[] = [];
    const end = await inBetween(
      world,
      () => storeUnlessThere(messages, "slowly"),
      async () => {
        seen.push(await db.collection("messages").countDocuments());
      },
    );
    expect(end).toBe("stored");
    // First it has looked, then it has stored.
    expect(seen).toEqual([0, 1]);
  }));

test("what happens in between passes the tap as it likes", () =>
  inACheck(async (world, messages) => {
    let others = 0;
    await inBetween(
      world,
      () => storeUnlessThere(messages, "slowly"),
      () => storeUnlessThere(messages, `meanwhile ${++others}`),
    );
    expect(others).toBe(2);
    expect(await messages.countDocuments()).toBe(3);
  }));
