import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Saves } from "./saves.ts";

let folder: string;
let saves: Saves;
let count: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "workshop-saves-"));
  write("server.ts", "first");
});
afterEach(() => {
  saves.end();
  rmSync(folder, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFileSync(path(name), text);
const nextSave = () =>
  expect.poll(() => count, { timeout: 10_000, interval: 5 });

describe.each([
  ["with the file system's events", true],
  ["on a file system that tells of nothing", false],
])("%s", (_what, events) => {
  beforeEach(() => {
    count = 0;
    saves = new Saves(folder, () => (count += 1), { events });
  });

  test.each<[string, () => void]>([
    ["writes into the file", () => write("server.ts", "second")],
    ["appends", () => appendFileSync(path("server.ts"), " and more")],
    [
      "writes another file and renames it",
      () => {
        write(".server.ts.swp", "second");
        renameSync(path(".server.ts.swp"), path("server.ts"));
      },
    ],
    [
      "keeps the old file under another name",
      () => {
        renameSync(path("server.ts"), path("server.ts~"));
        write("server.ts", "second");
      },
    ],
    [
      "deletes the file first",
      () => {
        rmSync(path("server.ts"));
        write("server.ts", "second");
      },
    ],
    ["makes a new file", () => write("protocol.ts", "types")],
    ["deletes a file", () => rmSync(path("server.ts"))],
  ])("an editor that %s has saved once; and again", async (_how, save) => {
    save();
    await nextSave().toBe(1);
    write("server.ts", "third");
    await nextSave().toBe(2);
  });

  test("a folder that is away for a moment", async () => {
    renameSync(folder, `${folder}.away`);
    await nextSave().toBe(1);
    mkdirSync(folder);
    rmSync(`${folder}.away`, { recursive: true });
    write("server.ts", "second");
    await nextSave().toBe(2);
  });

  test("what the workshop, an editor or the server writes is no save", async () => {
    for (const name of [
      ".server.1.abc.mjs",
      ".server.ts.swp",
      "server.ts~",
      "log.txt",
      "notes.json",
    ])
      write(name, "text");
    // A save afterwards proves that these had their time.
    write("server.py", "import socketio");
    await nextSave().toBe(1);
    write("server.ts", "second");
    await nextSave().toBe(2);
  });
});
