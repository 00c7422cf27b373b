import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Db } from "mongodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CheckSession } from "./check-session.ts";
import type { Lesson, Needs, World } from "./lesson.ts";
import { isRunning } from "./processes.ts";
import { cacheFolder, root } from "./repository.ts";
import type { Result } from "./result.ts";

const samples = join(root, "checks", "kit", "samples");
const patient = { timeout: 20_000, interval: 5 };

let folder: string;
let entry: string;
let told: string[];
let results: Result[];
let session: CheckSession;
let run: Promise<void>;

beforeEach(() => {
  mkdirSync(cacheFolder, { recursive: true });
  folder = mkdtempSync(join(cacheFolder, "session-"));
  entry = join(folder, "server.ts");
  told = [];
  results = [];
});
afterEach(async () => {
  session.end();
  await run;
  rmSync(folder, { recursive: true });
});

const save = (name: string) => copyFileSync(join(samples, `${name}.ts`), entry);
const verdicts = (count: number) =>
  expect.poll(() => results, patient).toHaveLength(count);

function begin(check: (world: World) => Promise<void>, needs?: Needs): void {
  const lesson: Lesson = {
    name: "01-one-server",
    ...(needs ? { needs } : {}),
    requirements: [
      { id: "one", title: "One", kind: "base", hints: ["1", "2", "3"], check },
    ],
  };
  session = new CheckSession(
    { lesson, entry },
    {
      begins: () => told.push("begins"),
      judged: ({ status }) => told.push(status),
      ends: (result) => {
        told.push("ends");
        results.push(result);
      },
    },
  );
  run = session.run();
}

test("checks at once, at every save, and when asked to", async () => {
  save("well");
  begin(async () => {});
  await verdicts(1);
  save("sick");
  await verdicts(2);
  session.again();
  await verdicts(3);
  expect(told.join(" ")).toBe(
    "begins passed ends begins passed ends begins passed ends",
  );
});

test("a save ends a check without a verdict, and its server", async () => {
  const servers: (number | undefined)[] = [];
  save("well");
  begin(({ server }) => {
    servers.push(server.pid);
    return servers.length === 1 ? new Promise(() => {}) : Promise.resolve();
  });
  await expect.poll(() => servers, patient).toHaveLength(1);
  save("sick");
  await verdicts(1);
  expect(told.join(" ")).toBe("begins begins passed ends");
  await expect.poll(() => isRunning(servers[0] ?? 0), patient).toBe(false);
});

test("the end during a check: no verdict, no process", async () => {
  let server: number | undefined;
  save("well");
  begin((world) => {
    server = world.server.pid;
    return new Promise(() => {});
  });
  await expect.poll(() => server, patient).toBeDefined();
  session.end();
  await run;
  expect(told).toEqual(["begins"]);
  await expect.poll(() => isRunning(server ?? 0), patient).toBe(false);
});

test("what the listener throws ends the session", async () => {
  save("well");
  session = new CheckSession(
    { lesson: { name: "01-one-server", requirements: [] }, entry },
    {
      begins() {},
      judged() {},
      ends() {
        throw new Error("no more paper");
      },
    },
  );
  run = Promise.resolve();
  await expect(session.run()).rejects.toThrow("no more paper");
});

describe("a database", () => {
  test("stays open from check to check; each check has an empty one", async () => {
    const databases: Db[] = [];
    save("stores");
    begin(
      async ({ database }) => {
        const { db } = database;
        await db.collection("notes").insertOne({ text: "hello" });
        expect(await db.collection("notes").countDocuments()).toBe(1);
        databases.push(db);
      },
      { database: {} },
    );
    await verdicts(1);
    writeFileSync(join(folder, "another.ts"), "export {};");
    await verdicts(2);
    expect(results.map(({ verdict }) => verdict)).toEqual(["passed", "passed"]);
    expect(databases[1]?.client).toBe(databases[0]?.client);
    expect(databases[1]?.databaseName).not.toBe(databases[0]?.databaseName);
  });
});
