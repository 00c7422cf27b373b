import { describe, expect, test } from "vitest";
import type { Result } from "../kit/result.ts";
import { type Circumstances, closing } from "./closing.ts";
import type { Lessons } from "./lessons.ts";
import { type Progress, emptyProgress } from "./progress.ts";
import { Terminal } from "./terminal.ts";

const lessons: Lessons = [
  { name: "01-one", number: "01" },
  { name: "02-two", number: "02" },
  { name: "03-three", number: "03" },
];

describe("the next lesson", () => {
  test("is the next one that is not passed", () => {
    expect(texts({}, { progress: passed("01-one") })).toContain("02 two");
    expect(texts({}, { progress: passed("01-one", "02-two") })).toContain(
      "03 three",
    );
  });

  test("behind the last one, the first that was left out", () => {
    const said = texts(
      {},
      {
        lesson: { name: "03-three", number: "03" },
        progress: passed("02-two", "03-three"),
      },
    );
    expect(said).toContain("01 one");
  });

  test("there is none when all are passed", () => {
    const said = texts(
      {},
      { progress: passed("01-one", "02-two", "03-three") },
    );
    expect(said).toContain("All 3 lessons are passed");
  });
});

describe("the database", () => {
  test.each<[Result["database"]["engine"], string]>([
    ["mongod", "in 0.3 s, with mongod 8.2.6."],
    ["built-in", "in 0.3 s, with the built-in database."],
    ["external", "in 0.3 s, with your own MongoDB 8.2.6."],
    [null, "in 0.3 s."],
  ])("%s", (engine, text) => {
    const database = { engine, version: "8.2.6", why: "" };
    expect(texts({ database }, {})).toContain(text);
  });
});

test.each<[Partial<Circumstances>, string]>([
  [{}, "then npm run check 01"],
  [{ isWatching: true }, "and save it"],
  [{ kind: "entry" }, "npm run check -- 01 --entry own/server.ts"],
  [{ kind: "solution" }, "please report this"],
])("not yet, %j: what to type", (circumstances, text) => {
  const said = texts(
    { verdict: "not-yet", entry: "own/server.ts" },
    circumstances,
  );
  expect(said).toContain("Not yet: 0 of 0");
  expect(said).toContain(text);
});

test("what fails may be about another file than the server", () => {
  const failed: Result["requirements"][number] = {
    id: "made",
    title: "",
    kind: "base",
    file: "lessons/01-one/client.ts",
    status: "failed",
    ms: 1,
    did: "",
    expected: "",
    received: "",
    hint: "",
    mistake: null,
  };
  const said = texts({ verdict: "not-yet", requirements: [failed] }, {});
  expect(said).toContain("Next: change lessons/01-one/client.ts, then");
});

test("could not tell: check again", () => {
  const said = texts({ verdict: "could-not-tell" }, {});
  expect(said).toContain("neither for you nor against you");
  expect(said).toContain("Next: npm run check 01");
});

function texts(
  result: Partial<Result>,
  circumstances: Partial<Circumstances>,
): string {
  const terminal = new Terminal({ plain: true }, { write() {} }, {});
  return closing(
    { ...base, ...result },
    {
      lesson: lessons[0],
      lessons,
      kind: "lesson",
      isWatching: false,
      progress: passed("01-one"),
      ...circumstances,
    },
    terminal,
  )
    .map(({ text }) => text.replaceAll("\u00A0", " "))
    .join("\n");
}

const base: Result = {
  version: 1,
  lesson: "01-one",
  entry: "lessons/01-one/server.ts",
  verdict: "passed",
  ms: 300,
  database: { engine: null, version: null, why: "" },
  requirements: [],
  server: { exit: null, fault: null, where: null, output: [], notices: [] },
};

function passed(...names: string[]): Progress {
  const progress = emptyProgress();
  for (const name of names)
    progress.lessons[name] = {
      state: "passed",
      tries: 1,
      hints: {},
      first: "",
      last: "",
      failedAt: null,
    };
  return progress;
}
