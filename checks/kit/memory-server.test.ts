// What we rely on in mongodb-memory-server without its promise: one test for each behaviour, so
// that a new version that behaves otherwise is known at once.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DryMongoBinary, MongoInstance } from "mongodb-memory-server";
import { afterAll, beforeEach, expect, test, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "workshop-mms-"));
const script = join(folder, "mongod.cjs");
const received = join(folder, "words.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  vi.stubEnv("MONGOMS_SYSTEM_BINARY_VERSION_CHECK", "false");
  vi.stubEnv("MONGOMS_SYSTEM_BINARY", undefined);
  return () => vi.unstubAllEnvs();
});

/** A program that plays mongod: notes its words, prints lines, and ends at SIGINT. */
function play(lines: object[], then = "setInterval(() => {}, 1000)") {
  writeFileSync(
    script,
    `require("node:fs").writeFileSync(${JSON.stringify(received)}, JSON.stringify(process.argv.slice(2)));
     process.on("SIGINT", () => process.exit(0));
     for (const line of ${JSON.stringify(lines)}) console.log(JSON.stringify(line));
     ${then};`,
  );
  const instance = new MongoInstance({
    instance: {
      port: 1,
      dbPath: folder,
      ip: "127.0.0.1",
      storageEngine: "wiredTiger",
      args: ["--own"],
    },
    binary: { systemBinary: process.execPath },
  });
  const original = instance.prepareCommandArgs.bind(instance);
  instance.prepareCommandArgs = () => [script, ...original()];
  return instance;
}

const waiting = { msg: "Waiting for connections" };

test("any program can be the binary, and prepareCommandArgs gives its words", async () => {
  const instance = play([waiting]);
  await instance.start();
  const { readFileSync } = await import("node:fs");
  expect(JSON.parse(readFileSync(received, "utf8"))).toEqual([
    "--port",
    "1",
    "--dbpath",
    folder,
    "--storageEngine",
    "wiredTiger",
    "--bind_ip",
    "127.0.0.1",
    "--noauth",
    "--own",
  ]);
  await instance.stop();
});

test("prepareCommandArgs is a method of the prototype", () => {
  expect(Object.hasOwn(MongoInstance.prototype, "prepareCommandArgs")).toBe(
    true,
  );
});

test("'Waiting for connections' makes it ready", async () => {
  const instance = play([waiting]);
  await instance.start();
  expect(instance.isInstanceReady).toBe(true);
  await instance.stop();
});

test("the transition to primary makes it writable", async () => {
  const instance = play([
    { msg: "transition to PRIMARY from SECONDARY" },
    {
      msg: "transition to primary complete; database writes are now permitted",
    },
    waiting,
  ]);
  await instance.start();
  expect(instance.isInstancePrimary).toBe(true);
  await instance.stop();
});

test("'Address already in use' fails the start", async () => {
  const instance = play([
    {
      msg: "Failed to set up listener: SocketException: Address already in use",
    },
  ]);
  await expect(instance.start()).rejects.toThrow('Port "1" already in use');
});

test("'DBException in initAndListen' fails the start with its error", async () => {
  const instance = play([
    {
      msg: "DBException in initAndListen, terminating",
      attr: { error: "NonExistentPath: gone" },
    },
  ]);
  await expect(instance.start()).rejects.toThrow("NonExistentPath: gone");
});

test("a program that ends at once fails the start", async () => {
  const instance = play([], "process.exit(3)");
  await expect(instance.start()).rejects.toThrow("3");
});

test("stop ends it by SIGINT", async () => {
  const instance = play([waiting]);
  await instance.start();
  const { mongodProcess } = instance;
  await instance.stop();
  if (process.platform !== "win32") expect(mongodProcess?.exitCode).toBe(0);
});

test("locateBinary looks and does not download", async () => {
  const found = await DryMongoBinary.locateBinary({
    version: "8.0.0",
    downloadDir: folder,
  });
  expect(found).toBeUndefined();
});
