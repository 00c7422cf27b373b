import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Requirement } from "../kit/lesson.ts";
import { root } from "../kit/repository.ts";
import type { Result } from "../kit/result.ts";
import { ProgressFile, emptyProgress, enter } from "./progress.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "progress-"));
  path = join(folder, ".progress.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the file", () => {
  test("is empty before the first change, and holds it afterwards", async () => {
    const file = new ProgressFile(path);
    expect(await file.read()).toEqual({
      progress: emptyProgress(),
      notice: null,
    });
    await file.change((progress) =>
      enter(progress, failed("health"), contract),
    );
    const { progress } = await new ProgressFile(path).read();
    expect(Object.keys(progress.lessons)).toEqual(["01-one"]);
    expect(readdirSync(folder)).toEqual([".progress.json"]);
  });

  test("two processes at the same time: neither loses what the other entered", async () => {
    const times = 200;
    const counting = await Promise.all(
      ["one", "other"].map((lesson) => startCounting(lesson, times)),
    );
    // Only now, so that neither is done before the other has begun.
    for (const process of counting) process.stdin?.end("go");
    await Promise.all(counting.map((process) => once(process, "close")));
    const { progress } = await new ProgressFile(path).read();
    expect(progress.lessons.one?.tries).toBe(times);
    expect(progress.lessons.other?.tries).toBe(times);
  });

  test("a lock that a killed process left behind does not last", async () => {
    writeFileSync(`${path}.lock`, "");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${path}.lock`, longAgo, longAgo);
    const { notice } = await new ProgressFile(path).change(() => {});
    expect(notice).toBe(null);
  });

  test("several that cannot be understood are all kept", async () => {
    for (const text of ["first", "second", "third"]) {
      writeFileSync(path, text);
      const { progress, notice } = await new ProgressFile(path).read();
      expect(progress).toEqual(emptyProgress());
      expect(notice).toContain(".progress.broken-");
    }
    const kept = readdirSync(folder).filter((name) => name.includes("broken"));
    expect(
      kept.map((name) => readFileSync(join(folder, name), "utf8")).sort(),
    ).toEqual(["first", "second", "third"]);
  });

  test("of an older workshop: what it did not keep yet is added", async () => {
    const lesson = {
      state: "started",
      tries: 2,
      hints: {},
      first: "2026-11-23T10:00:00.000Z",
      last: "2026-11-23T10:05:00.000Z",
    };
    const failedAt = { requirement: "health", times: 2, fault: null };
    const lessons = { "01-one": { ...lesson, failedAt } };
    writeFileSync(path, JSON.stringify({ version: 1, lessons }));
    const { progress, notice } = await new ProgressFile(path).read();
    expect(notice).toBe(null);
    expect(progress.lessons["01-one"]).toEqual({
      ...lesson,
      spent: 0,
      failedAt: { ...failedAt, since: lesson.last, spent: 0, mistake: null },
    });
  });

  test("cannot be written: says so, and still gives the progress", async () => {
    // Below a file there is no folder, whoever one is.
    writeFileSync(join(folder, "file"), "");
    const file = new ProgressFile(join(folder, "file", ".progress.json"));
    const { progress, notice } = await file.change((changed) =>
      enter(changed, failed("health"), contract),
    );
    expect(notice).toMatch(/^Your progress was not kept/);
    expect(progress.lessons["01-one"]?.tries).toBe(1);
  });

  test("cannot be read: says so, and goes on as new", async () => {
    mkdirSync(path);
    const { progress, notice } = await new ProgressFile(path).read();
    expect(progress).toEqual(emptyProgress());
    expect(notice).toMatch(/could not be read/);
  });
});

describe("what is entered", () => {
  test("tries, times, and how often in a row it was the same requirement", () => {
    const progress = emptyProgress();
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute));
    enter(progress, failed("health"), contract, at(0));
    enter(progress, failed("health", "syntax-error"), contract, at(1));
    expect(progress.lessons["01-one"]).toEqual({
      state: "started",
      tries: 2,
      hints: {},
      first: "2026-11-23T10:00:00.000Z",
      last: "2026-11-23T10:01:00.000Z",
      spent: 60_000,
      failedAt: {
        requirement: "health",
        times: 2,
        since: "2026-11-23T10:00:00.000Z",
        spent: 60_000,
        fault: "syntax-error",
        mistake: null,
      },
    });
    enter(progress, failed("name"), contract, at(2));
    expect(progress.lessons["01-one"]?.failedAt).toEqual({
      requirement: "name",
      times: 1,
      since: "2026-11-23T10:02:00.000Z",
      spent: 0,
      fault: null,
      mistake: null,
    });
  });

  test("the time between two checks counts for the later one; a pause does not, nor a clock that was set back", () => {
    const progress = emptyProgress();
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 10, minute));
    const spent = () =>
      Object.values(progress.lessons).map((lesson) => lesson.spent / 60_000);
    enter(progress, passed, contract, at(0));
    enter(progress, { ...passed, lesson: "02-two" }, contract, at(10));
    expect(spent()).toEqual([0, 10]);
    enter(progress, { ...passed, lesson: "02-two" }, contract, at(26));
    expect(spent()).toEqual([0, 10]);
    enter(progress, passed, contract, at(31));
    expect(spent()).toEqual([5, 10]);
    enter(progress, passed, contract, at(3));
    expect(spent()).toEqual([5, 10]);
  });

  test("a lesson that was passed once stays passed", () => {
    const progress = emptyProgress();
    enter(progress, passed, contract);
    enter(progress, failed("health"), contract);
    expect(progress.lessons["01-one"]).toMatchObject({
      state: "passed",
      tries: 2,
      failedAt: { requirement: "health" },
    });
    enter(progress, passed, contract);
    expect(progress.lessons["01-one"]?.failedAt).toBe(null);
  });

  test("a hint of the requirement's own that a report showed counts as given", () => {
    const progress = emptyProgress();
    enter(progress, failed("health", null, "where"), contract);
    expect(progress.lessons["01-one"]?.hints).toEqual({ health: 1 });
  });

  test("could-not-tell is no try", () => {
    const progress = emptyProgress();
    enter(progress, { ...passed, verdict: "could-not-tell" }, contract);
    expect(progress).toEqual(emptyProgress());
  });
});

const contract: Requirement[] = ["health", "name"].map((id) => ({
  id,
  title: id,
  kind: "base",
  hints: ["where", "what", "which"],
  check: () => Promise.resolve(),
}));

const passed: Result = {
  version: 1,
  lesson: "01-one",
  entry: "lessons/01-one/server.ts",
  verdict: "passed",
  ms: 300,
  database: { engine: null, version: null, why: "" },
  requirements: [],
  server: { exit: null, fault: null, where: null, output: [], notices: [] },
};

function failed(
  id: string,
  fault: string | null = null,
  hint = "a hint of a mistake",
): Result {
  return {
    ...passed,
    verdict: "not-yet",
    requirements: [
      {
        id,
        title: id,
        kind: "base",
        status: "failed",
        ms: 1,
        did: "",
        expected: "",
        received: "",
        hint,
        mistake: null,
      },
    ],
    server: { ...passed.server, fault },
  };
}

/**
 * A process that waits for its standard input and then enters tries. It runs the compiled module,
 * which needs nothing but Node.
 */
async function startCounting(
  lesson: string,
  times: number,
): Promise<ChildProcess> {
  const { compileAhead } = (await import(
    pathToFileURL(join(root, "checks", "compile-ahead.mjs")).href
  )) as { compileAhead(): Promise<(source: string) => string> };
  const moduleOf = await compileAhead();
  const program = `
    import { once } from "node:events";
    import { ProgressFile } from ${JSON.stringify(moduleOf("checks/commands/progress.ts"))};
    const file = new ProgressFile(${JSON.stringify(path)});
    process.stdout.write("ready");
    await once(process.stdin, "data");
    for (let times = 0; times < ${times}; times++) {
      const { notice } = await file.change(({ lessons }) => {
        lessons.${lesson} ??= { state: "started", tries: 0, hints: {}, first: "", last: "", failedAt: null };
        lessons.${lesson}.tries += 1;
      });
      if (notice !== null) throw new Error(notice);
    }`;
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", program],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  return child;
}
