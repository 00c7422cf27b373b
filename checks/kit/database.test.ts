import { pathToFileURL } from "node:url";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import {
  chooseDatabase,
  type DatabaseChoice,
  type DatabaseEnvironment,
} from "./database-choice.ts";
import { fileMemory, type Memory } from "./database-memory.ts";
import { parseVersion, tooOld, type Probes } from "./database-probes.ts";
import { openDatabase } from "./database.ts";
import { compiledModule } from "./compiled.ts";

const nothing: Probes = {
  cachedBinary: async () => undefined,
  versionOutput: async () => "",
  whereIs: async () => undefined,
  exists: async () => true,
  downloadHostAnswers: async () => false,
};

function forgetful(): Memory & { kept: DatabaseChoice[] } {
  const kept: DatabaseChoice[] = [];
  return {
    kept,
    read: () => undefined,
    write: (choice) => kept.push(choice),
    until: () => undefined,
    forget() {},
  };
}

const mongod8 = {
  versionOutput: async () => "db version v8.0.4\n",
  whereIs: async () => "/bin/mongod",
};

type Row = [
  title: string,
  DatabaseEnvironment,
  Partial<Probes>,
  interactive: boolean,
  Partial<DatabaseChoice>,
];

const rows: Row[] = [
  [
    "an address that is given comes first",
    { MONGODB_URI: "mongodb://db", MONGOMS_SYSTEM_BINARY: "/x" },
    mongod8,
    true,
    { kind: "external", uri: "mongodb://db" },
  ],
  [
    "then a binary that is given",
    { MONGOMS_SYSTEM_BINARY: "/x", WORKSHOP_MONGO: "built-in" },
    mongod8,
    true,
    { kind: "binary", path: "/x" },
  ],
  [
    "a binary that is none gives way",
    { MONGOMS_SYSTEM_BINARY: "/x" },
    {},
    true,
    { kind: "built-in", why: expect.stringContaining("/x is no mongod") },
  ],
  [
    "and so does one that is too old",
    { MONGOMS_SYSTEM_BINARY: "/x" },
    { versionOutput: async () => "db version v4.0.28" },
    true,
    { kind: "built-in", why: expect.stringContaining("4.2 or later") },
  ],
  [
    "the built-in engine can be forced",
    { WORKSHOP_MONGO: "built-in" },
    mongod8,
    true,
    { kind: "built-in" },
  ],
  [
    "a real one can be forced",
    { WORKSHOP_MONGO: "real" },
    {},
    false,
    { kind: "download" },
  ],
  [
    "forced, it may be the one in PATH",
    { WORKSHOP_MONGO: "real" },
    mongod8,
    false,
    { kind: "binary", path: "/bin/mongod" },
  ],
  [
    "one that was downloaded",
    {},
    { cachedBinary: async () => "/cache/mongod" },
    true,
    { kind: "binary", path: "/cache/mongod" },
  ],
  ["one in PATH", {}, mongod8, true, { kind: "binary", path: "/bin/mongod" }],
  [
    "not one in PATH that is too old",
    {},
    { ...mongod8, versionOutput: async () => "db version v3.6.0" },
    true,
    { kind: "built-in" },
  ],
  [
    "a download that somebody watches",
    {},
    { downloadHostAnswers: async () => true },
    true,
    { kind: "download" },
  ],
  [
    "no download that nobody watches",
    {},
    { downloadHostAnswers: async () => true },
    false,
    { kind: "built-in" },
  ],
  ["else the built-in engine", {}, {}, true, { kind: "built-in" }],
];

describe("the choice", () => {
  test.each(rows)(
    "%s",
    async (_title, environment, probes, interactive, expected) => {
      const choice = await chooseDatabase(
        environment,
        { ...nothing, ...probes },
        forgetful(),
        interactive,
      );
      expect(choice).toMatchObject(expected);
      expect(choice.why).toBeTruthy();
    },
  );

  test("is remembered where it took time to find out", async () => {
    const memory = forgetful();
    await chooseDatabase({}, nothing, memory, true);
    await chooseDatabase({ WORKSHOP_MONGO: "built-in" }, nothing, memory, true);
    expect(memory.kept).toHaveLength(1);
    const remembering: Memory = { ...memory, read: () => memory.kept[0] };
    const unaskable = {
      ...nothing,
      downloadHostAnswers: () => Promise.reject(new Error("asked")),
    };
    expect(await chooseDatabase({}, unaskable, remembering, true)).toEqual(
      memory.kept[0],
    );
  });

  test("of something unknown is refused with a sentence", async () => {
    await expect(
      chooseDatabase({ WORKSHOP_MONGO: "yes" }, nothing, forgetful(), true),
    ).rejects.toThrow('Set it to "real" or "built-in"');
  });
});

describe("the memory", () => {
  const folder = mkdtempSync(join(tmpdir(), "workshop-memory-"));
  const path = join(folder, "deeper", "choice.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("lasts a day", () => {
    const memory = fileMemory(path);
    memory.write({ kind: "built-in", why: "a test" });
    expect(memory.read()).toEqual({ kind: "built-in", why: "a test" });
    const yesterday = Date.now() / 1000 - 86_401;
    utimesSync(path, yesterday, yesterday);
    expect(memory.read()).toBeUndefined();
  });

  test("outlives what is no JSON, and being forgotten", () => {
    const memory = fileMemory(path);
    writeFileSync(path, "<html>");
    expect(memory.read()).toBeUndefined();
    memory.forget();
    expect(memory.read()).toBeUndefined();
    expect(memory.until()).toBeUndefined();
  });
});

test("versions are read from what mongod prints", () => {
  expect(parseVersion("db version v8.0.4\nBuild Info: {")).toBe("8.0.4");
  expect(parseVersion("v20.20.2")).toBeUndefined();
  expect(["4.0.28", "4.2.0", "8.0.4", "10.0.0"].map(tooOld)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

describe("opening", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("gives fresh databases, on one server, and says which in one line", async () => {
    const database = await openDatabase();
    const [one, two] = [database.fresh(), database.fresh()];
    expect(one.name).not.toBe(two.name);
    await one.db.collection("x").insertOne({});
    expect(await two.db.collection("x").countDocuments()).toBe(0);
    await one.drop();
    const { databases } = await database.client
      .db("admin")
      .admin()
      .listDatabases();
    expect(databases.map(({ name }) => name)).not.toContain(one.name);
    expect(database.line).toMatch(/^Database: .* \d+\.\d+\.\d+ \(.+\)$/);
    await database.close();
  });

  test("a replica set of one, where transactions work", async () => {
    const database = await openDatabase({ replicaSet: true });
    const { db } = database.fresh();
    await database.client.withSession((session) =>
      session.withTransaction(async () => {
        await db.collection("x").insertOne({}, { session });
      }),
    );
    expect(await db.collection("x").countDocuments()).toBe(1);
    await database.close();
  });

  test("two at once do not meet", async () => {
    const [one, two] = await Promise.all([openDatabase(), openDatabase()]);
    if (one.engine !== "external") expect(one.uri).not.toBe(two.uri);
    await Promise.all([one.close(), two.close()]);
  });

  test.each(["mongodb://127.0.0.1:1/", "nonsense"])(
    "%s is refused with a sentence",
    async (uri) => {
      vi.stubEnv("MONGODB_URI", uri);
      await expect(openDatabase()).rejects.toMatchObject({
        name: "DatabaseProblem",
        message: expect.stringMatching(
          /^MONGODB_URI=.* cannot be used: .*leave MONGODB_URI out/s,
        ),
      });
    },
  );

  test.skipIf(process.env.MONGODB_URI)(
    "the built-in engine needs no temporary folder",
    async () => {
      vi.stubEnv("WORKSHOP_MONGO", "built-in");
      for (const name of ["TMPDIR", "TEMP", "TMP"])
        vi.stubEnv(name, "/no/such/folder");
      for (const replicaSet of [false, true]) {
        const database = await openDatabase({ replicaSet });
        await database.fresh().db.collection("x").insertOne({});
        await database.close();
      }
    },
  );

  test("a binary that is no mongod is told, and the built-in engine serves", async () => {
    vi.stubEnv("MONGODB_URI", "");
    vi.stubEnv("MONGOMS_SYSTEM_BINARY", process.execPath);
    const database = await openDatabase();
    expect(database.engine).toBe("built-in");
    expect(database.line).toContain("is no mongod that can be started");
    expect(process.env.MONGOMS_SYSTEM_BINARY).toBe(process.execPath);
    await database.close();
  });

  describe.skipIf(process.platform === "win32" || process.env.MONGODB_URI)(
    "a binary that is given",
    () => {
      const folder = mkdtempSync(join(tmpdir(), "workshop-binary-"));
      afterAll(() => rmSync(folder, { recursive: true }));

      /** A program that says it is mongod, and does as told when it is started. */
      function binary(name: string, start: string): string {
        const path = join(folder, name);
        const version = `console.log("db version v8.0.4")`;
        writeFileSync(
          path,
          `#!${process.execPath}\nprocess.argv.includes("--version") ? ${version} : ${start};\n`,
          { mode: 0o755 },
        );
        return path;
      }

      test("is started, and called a real mongod", async () => {
        const engine = pathToFileURL(
          await compiledModule("checks/mongod/main.ts"),
        ).href;
        vi.stubEnv(
          "MONGOMS_SYSTEM_BINARY",
          binary("mongod", `import(${JSON.stringify(engine)})`),
        );
        const database = await openDatabase();
        expect(database.engine).toBe("mongod");
        expect(database.line).toContain(
          "a real mongod, 8.0.0 (MONGOMS_SYSTEM_BINARY is set)",
        );
        await database.close();
      });

      test("and does not start gives way, with its own words", async () => {
        const words = {
          msg: "DBException in initAndListen, terminating",
          attr: { error: "no room left" },
        };
        const path = binary(
          "broken",
          `console.log(${JSON.stringify(JSON.stringify(words))})`,
        );
        vi.stubEnv("MONGOMS_SYSTEM_BINARY", path);
        const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
        const database = await openDatabase();
        warn.mockRestore();
        expect(database.engine).toBe("built-in");
        expect(database.line).toContain(`${path} does not start: `);
        expect(database.line).toContain("no room left");
        await database.close();
      });
    },
  );
});
