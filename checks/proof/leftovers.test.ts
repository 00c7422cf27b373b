import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TemporaryFolder } from "../kit/temporary-folder.ts";
import { root } from "../kit/repository.ts";
import { leftSince, readTraces } from "./leftovers.ts";

// Other tests are at work at the same time, and leave traces of their own for a while.
const about = (text: string, lines: readonly string[]) =>
  lines.filter((line) => line.includes(text));

test("a process with one of our files in its command line is found until it ends", async () => {
  const before = readTraces();
  const file = join(root, "a-file-of-this-test.js");
  const child = spawn(
    process.execPath,
    ["-e", "process.stdin.resume(); console.log(1)", file],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  onTestFinished(() => void child.kill());
  await once(child.stdout, "data");
  expect(about(file, leftSince(before))).toEqual([
    expect.stringContaining(`the process ${child.pid} goes on`),
  ]);
  expect(about(file, leftSince(readTraces()))).toEqual([]);
  child.stdin.end();
  await ended;
  expect(about(file, leftSince(before))).toEqual([]);
});

test("temporary folders and compiled servers are found until they are removed", () => {
  const before = readTraces();
  const folder = new TemporaryFolder();
  const compiled = join(root, "solutions", ".server.1.0badf00d.mjs");
  writeFileSync(compiled, "");
  onTestFinished(() => rmSync(compiled, { force: true }));
  const found = leftSince(before);
  expect(found).toContain(`a file was left: ${folder.path}`);
  expect(found).toContain(`a file was left: ${compiled}`);
  folder.remove();
  rmSync(compiled);
  const left = leftSince(before);
  expect(about(folder.path, left)).toEqual([]);
  expect(about(compiled, left)).toEqual([]);
});
