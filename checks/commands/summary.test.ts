import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { root } from "../kit/repository.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";
import type { LessonProgress, Progress } from "./progress.ts";
import type { Overview } from "./summary/overview.ts";
import { table } from "./table.ts";

const schema = JSON.parse(
  readFileSync(join(root, "checks", "summary.schema.json"), "utf8"),
) as object;
const isSummary = new Ajv2020({ allowUnionTypes: true }).compile<Overview>(
  schema,
);

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());
beforeEach(() => workshop.remove("class"));

const [first, second, third] = [
  "01-first-steps",
  "02-first-words",
  "03-the-end",
];

describe("thirty learners", () => {
  // 12 at the name in 01, 10 at the words in 02, 5 have passed all, 3 have not begun.
  beforeEach(() => {
    for (let at = 1; at <= 30; at++) {
      const name = `learner-${String(at).padStart(2, "0")}`;
      if (at <= 12) put(name, { [first]: stoppedAt("name", at) });
      else if (at <= 22)
        put(name, { [first]: passed, [second]: stoppedAt("words", 1) });
      else if (at <= 27)
        put(name, { [first]: passed, [second]: passed, [third]: passed });
      else put(name, {});
    }
  });

  test("who is where, what stops most, who has been stuck longest", async () => {
    const { status, stdout, stderr } = await workshop.run(["summary", "class"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe(
      "30 learners: 5 passed all lessons, 22 on the way, 3 not begun.",
    );
    expect(lines[2]).toMatch(
      /^who +passed +lesson +tries +hints +time +last check +stopped at$/,
    );
    expect(lines.filter((line) => line.startsWith("learner-"))).toHaveLength(
      30,
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^learner-12 +0\/3 +01 +12 +2 +12 min +2026-11-2\d \d\d:\d\d +GET \/name answers 200$/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^learner-25 +3\/3 +all +0 +0 +2026-11-2/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^learner-30 +0\/3 +01 +0 +0$/),
    );
    expect(stdout).toMatch(
      /What stops most\n {2}- 12 in 01: GET \/name answers 200 \(learner-01, /,
    );
    expect(stdout).toMatch(/ {2}- 10 in 02: GET \/words answers 200/);
    expect(stdout).toMatch(
      /Who has been stuck longest\n {2}- learner-12: 12 min, 12 checks, since 2026-11-2/,
    );
    // Whoever has failed at it once is not stuck yet.
    expect(stdout).not.toMatch(/learner-01: /);
  });

  test("for programs: --json keeps its schema", async () => {
    const { stdout } = await workshop.run(["summary", "class", "--json"]);
    const value: unknown = JSON.parse(stdout);
    expect(isSummary(value) ? [] : isSummary.errors).toEqual([]);
    const { learners, lessons, stops, stuck } = value as Overview;
    expect(learners).toHaveLength(30);
    expect(lessons).toEqual([
      { lesson: first, passed: 15, here: 15 },
      { lesson: second, passed: 5, here: 10 },
      { lesson: third, passed: 5, here: 0 },
    ]);
    expect(stops.map((stop) => stop.learners.length)).toEqual([12, 10]);
    expect(stuck).toHaveLength(11);
    expect(stuck[0]).toBe("learner-12");
  });

  test("is read only: no learner's file is changed", async () => {
    const before = workshop.read("class/learner-05.json");
    await workshop.run(["summary", "class"]);
    expect(workshop.read("class/learner-05.json")).toBe(before);
    expect(workshop.namesBeginning("", "class")).toHaveLength(30);
  });
});

describe("where progress is found", () => {
  test("in copies of the workshop, also some folders down; a copy without is somebody who has not begun", async () => {
    workshop.write("class/alice/.progress.json", progress({ [first]: passed }));
    workshop.write("class/alice/package.json", "{}");
    workshop.write("class/group/bob/.progress.json", progress({}));
    workshop.write("class/carol/checks/workshop.mjs", "");
    workshop.write("class/carol/package.json", "{}");
    const { stdout } = await workshop.run(["summary", "class", "--json"]);
    const { learners, skipped } = JSON.parse(stdout) as Overview & {
      skipped: unknown[];
    };
    expect(learners.map(({ name, state }) => [name, state])).toEqual([
      ["alice", "under-way"],
      ["carol", "not-begun"],
      ["group/bob", "not-begun"],
    ]);
    expect(skipped).toEqual([]);
  });

  test("in the folder itself", async () => {
    workshop.write("class/.progress.json", progress({ [first]: passed }));
    const { stdout } = await workshop.run(["summary", "class"]);
    expect(stdout).toMatch(/^class +1\/3 +02/m);
  });

  test("in a folder beside the one in which npm was typed", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "class-"));
    const { status, stderr } = await workshop.run(["summary", "."], {
      npm_lifecycle_event: "summary",
      INIT_CWD: elsewhere,
    });
    rmSync(elsewhere, { recursive: true });
    expect(status).toBe(2);
    expect(stderr).toContain("In . there is no progress.");
  });

  test.each([
    ["no JSON", "{", "it is not JSON"],
    ["something else", '{"name":"x"}', "it is not a progress"],
    [
      "of another version",
      '{"version":2,"lessons":{}}',
      "it is not a progress",
    ],
    ["far too large", `"${"x".repeat(1_000_001)}"`, "it is not a progress"],
  ])("%s: named and skipped, the others count", async (_what, text, why) => {
    put("alice", { [first]: passed });
    workshop.write("class/broken.json", text);
    const { status, stdout } = await workshop.run(["summary", "class"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^1 learner: /);
    expect(stdout).toContain(`\nSkipped\n  - broken.json: ${why}`);
    expect(workshop.read("class/broken.json")).toBe(text);
  });

  test("a lesson, a requirement and a time that this workshop does not know", async () => {
    put("alice", {
      "99-not-here": passed,
      [first]: { ...stoppedAt("gone\u001B[2J", 3), last: "yesterday" },
    });
    const { status, stdout } = await workshop.run(["summary", "class"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^alice +0\/3 +01 .*gone\uFFFD\[2J$/m);
  });
});

test("somebody who goes on elsewhere is where the last check was", async () => {
  put("alice", {
    [second]: { ...stoppedAt("words", 1), last: at(50) },
    [first]: stoppedAt("name", 1),
  });
  put("bob", { [second]: { ...passed, last: at(50) } });
  const { stdout } = await workshop.run(["summary", "class"]);
  expect(stdout).toMatch(/^alice +0\/3 +02 /m);
  expect(stdout).toMatch(/^bob +1\/3 +03 /m);
});

test.each([
  [
    [],
    /^Name the folder with the progress of your learners\.\nType: npm run summary -- FOLDER/,
  ],
  [["nowhere"], /^There is no folder nowhere\.\n$/],
  [["package.json"], /^package\.json is a file\./],
  [["one", "two"], /^"two" is one word too many\./],
])("%j: 2 and what to type", async (words, sentence) => {
  const { status, stdout, stderr } = await workshop.run(["summary", ...words]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(sentence);
});

describe("a table", () => {
  const columns = [
    { heading: "who", most: 8 },
    { heading: "n", isFigure: true },
    { heading: "what" },
  ];

  test("columns as wide as their longest text; figures at the right; long names and lines are cut", () => {
    const rows = [
      ["alice", "9", "short"],
      ["a very long name", "10", "this is too long for the line"],
    ];
    expect(table(columns, rows, 24)).toEqual([
      "who        n  what",
      "alice      9  short",
      "a ver...  10  this is...",
    ]);
  });
});

const at = (minute: number) =>
  new Date(Date.UTC(2026, 10, 23, 10, minute)).toISOString();

const passed: LessonProgress = {
  state: "passed",
  tries: 4,
  hints: {},
  first: at(0),
  last: at(20),
  spent: 1_200_000,
  failedAt: null,
};

function stoppedAt(requirement: string, times: number): LessonProgress {
  return {
    ...passed,
    state: "started",
    tries: times,
    hints: { [requirement]: 2 },
    last: at(30),
    spent: times * 60_000,
    failedAt: {
      requirement,
      times,
      since: at(30 - times),
      spent: times * 60_000,
      fault: null,
      mistake: null,
    },
  };
}

function progress(lessons: Progress["lessons"]): string {
  return JSON.stringify({ version: 1, lessons });
}

function put(name: string, lessons: Progress["lessons"]): void {
  workshop.write(`class/${name}.json`, progress(lessons));
}
