import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { CheckRun, runCheck } from "./check-run.ts";
import { type Database, openDatabase } from "./database.ts";
import type { Lesson, Requirement, World } from "./lesson.ts";
import { root } from "./repository.ts";
import type { Result } from "./result.ts";
import { anything } from "./shape.ts";

const entry = join(root, "checks", "kit", "samples", "stores.ts");

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());
afterEach(() => vi.unstubAllEnvs());

/** Checks the sample, with `look` as its only requirement. */
function check(look: Requirement["check"], lent?: Promise<Database>) {
  return new CheckRun(lesson(look), {
    entry,
    typeCheck: false,
    database: lent ?? Promise.resolve(database),
  });
}

function lesson(look: Requirement["check"]): Lesson {
  return {
    name: "01-one-server",
    needs: { database: {} },
    requirements: [
      {
        id: "notes",
        title: "A note is stored",
        kind: "base",
        hints: ["one", "two", "three"],
        check: look,
      },
    ],
  };
}

async function resultOf(run: CheckRun, look: Requirement["check"]) {
  for (const requirement of lesson(look).requirements)
    await run.judge(requirement);
  return run.end();
}

const stored = ({ database: { db } }: World) =>
  db
    .collection("notes")
    .find()
    .map(({ text }) => text as unknown)
    .toArray();

async function note({ client }: World, text: string) {
  const writer = await client("Alice");
  await writer.ask("note", [text], anything);
}

function expectMet({ requirements, verdict }: Result) {
  expect(requirements).toMatchObject([{ status: "passed", received: null }]);
  expect(verdict).toBe("passed");
}

test("a check sees what its server stores, and names the engine", async () => {
  const look = async (world: World) => {
    await note(world, "one");
    expect(await stored(world)).toEqual(["one"]);
    expect(world.database.tap.commands.map(({ name }) => name)).toEqual([
      "insert",
    ]);
  };
  const result = await resultOf(check(look), look);
  expectMet(result);
  expect(result.database).toEqual({
    engine: database.engine,
    version: database.version,
    why: database.why,
  });
});

test("another server of a check has the same database, or an empty one", async () => {
  const look = async (world: World) => {
    await note(world, "one");
    const same = await world.another({});
    await note(same, "two");
    expect(await stored(same)).toEqual(["one", "two"]);
    const empty = await world.emptyDatabase();
    const other = await world.another({}, empty);
    await note(other, "three");
    expect(await stored(other)).toEqual(["three"]);
    expect(await stored(world)).toEqual(["one", "two"]);
  };
  expectMet(await resultOf(check(look), look));
});

test("a fault of the line is told, and healed at the requirement's end", async () => {
  const look = async (world: World) => {
    const writer = await world.client("Alice");
    const isInsert = ({ name }: { name: string }) => name === "insert";
    world.database.delayReplies(60_000, isInsert, "inserts");
    await writer.ask("note", ["late"], anything);
  };
  const run = check(look);
  const result = await resultOf(run, look);
  expect(result.requirements[0]).toMatchObject({
    status: "failed",
    did: expect.stringContaining("replies to inserts were delayed"),
  });
});

test("a server that gave its database up before that was there has another chance", async () => {
  const look = (world: World) => note(world, "one");
  let lend = () => {};
  const lent = new Promise<Database>((resolve) => {
    lend = () => resolve(database);
  });
  const run = check(look, lent);
  run.timeline.follow(({ text }) => {
    if (text === "gave up") lend();
  });
  expectMet(await resultOf(run, look));
  expect(run.timeline.entries.map(({ text }) => text)).toContain("gave up");
});

test.each([
  ["mongodb://127.0.0.1:1/", /MONGODB_URI=\S+ cannot be used/],
  ["mongodb+srv://cluster.example/", /MONGODB_URI/],
])(
  "without a database nobody is to blame: MONGODB_URI=%s",
  async (uri, sentence) => {
    vi.stubEnv("MONGODB_URI", uri);
    const result = await runCheck(
      lesson(() => Promise.resolve()),
      { entry, typeCheck: false },
    );
    expect(result.verdict).toBe("could-not-tell");
    expect(result.requirements[0]).toMatchObject({
      status: "could-not-tell",
      received: expect.stringMatching(sentence),
      hint: expect.stringContaining("variable"),
    });
  },
);
