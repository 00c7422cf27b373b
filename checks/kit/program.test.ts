import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { LearnersModule } from "./learners-module.ts";
import { isRunning } from "./processes.ts";
import { LISTENS, Program, type ProgramOptions } from "./program.ts";
import { root } from "./repository.ts";

const sample = (name: string) => join(root, "checks", "kit", "samples", name);

const programs: Program[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill();
    await program.ended;
  }
});

async function start(...args: string[]): Promise<Program> {
  return started({ args });
}

async function started(options: ProgramOptions): Promise<Program> {
  const program = await Program.start(sample("runs.ts"), options);
  programs.push(program);
  return program;
}

describe("a program", () => {
  test("runs with its arguments and its environment, and tells how it ended", async () => {
    const lines: string[] = [];
    const program = await started({
      args: ["prints", "two", "words"],
      env: { WORD: "tea" },
      onLine: (line) => lines.push(line),
    });
    expect(await program.end()).toEqual({
      code: 3,
      signal: null,
      error: null,
      where: null,
      output: expect.arrayContaining([
        "to standard output: two words",
        "to standard error: tea",
      ]),
      errorOutput: ["to standard error: tea"],
    });
    expect(lines).toHaveLength(2);
  });

  test("that throws is told with its error and the line of it", async () => {
    const program = await start("throws");
    expect(await program.end()).toMatchObject({
      code: 1,
      error: "TypeError: no tea",
      where: expect.stringMatching(/^checks\/kit\/samples\/runs\.ts:\d+$/),
    });
  });

  test("that listens does not run to its end, and is ended", async () => {
    const program = await start("listens");
    await expect(program.end()).rejects.toMatchObject({ received: LISTENS });
    expect(await program.ended).toMatchObject({
      signal: process.platform === "win32" ? null : "SIGKILL",
    });
  });

  test("is ended by the signal that it was given", async () => {
    const ending = new AbortController();
    const program = await started({
      args: ["listens"],
      signal: ending.signal,
    });
    await program.ping();
    ending.abort();
    await program.ended;
    await expect(program.ping()).rejects.toMatchObject({
      expected: "runs.ts goes on",
    });
  });

  test("that cannot be read is a fault like that of a server", async () => {
    await expect(
      Program.start(sample("syntax-error.ts")),
    ).rejects.toMatchObject({ kind: "syntax-error" });
  });
});

describe("a learner's module", () => {
  async function load(): Promise<LearnersModule> {
    return LearnersModule.load(sample("exports.ts"), {}, (program) =>
      programs.push(program),
    );
  }

  test("tells what it exports, and what its functions give", async () => {
    const module = await load();
    expect(module.names).toContain("sum");
    expect(await module.call("sum", [2, 3])).toEqual({
      how: "returned",
      result: 0,
      value: 5,
    });
    expect(await module.call("later", [{ tea: true }])).toMatchObject({
      how: "resolved",
      value: { tea: true },
    });
  });

  test("tells how a function failed", async () => {
    const module = await load();
    expect(await module.call("rejects", [])).toEqual({
      how: "rejected",
      error: { isError: true, message: "no tea", code: "ENOTEA" },
    });
    expect(await module.call("throws", [])).toEqual({
      how: "threw",
      error: { isError: false, message: "tea", code: null },
    });
    expect(await module.call("never", [])).toEqual({ how: "pending" });
  });

  test("that ends the process says so", async () => {
    const module = await load();
    await expect(module.call("stops", [])).rejects.toMatchObject({
      received: "exports.ts ended with exit code 4",
    });
  });

  test("ends by itself once the check lets go of it", async () => {
    const module = await load();
    expect(await module.endsByItself()).toBe(true);
    const [program] = programs;
    await program?.ended;
  });

  test("does not, while something of it goes on", async () => {
    const module = await load();
    await module.call("startsTimer", []);
    expect(await module.endsByItself()).toBe(false);
  });

  test("that ends while it is loaded is named", async () => {
    await expect(
      LearnersModule.load(sample("throws-at-start.ts"), {}),
    ).rejects.toMatchObject({ expected: "throws-at-start.ts goes on" });
  });
});

test("no process is left", async () => {
  const program = await start("listens");
  await program.ping();
  program.kill();
  await program.ended;
  expect(isRunning(program.pid ?? 0)).toBe(false);
});
