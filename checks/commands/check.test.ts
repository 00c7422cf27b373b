import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import {
  afterAll,
  afterEach,
  beforeEach,
  describe,
  expect,
  test,
} from "vitest";
import { root } from "../kit/repository.ts";
import type { Result } from "../kit/result.ts";
import { firstFile, serverThatAnswers } from "./fixture/lessons.ts";
import { type Ended, WorkshopCopy } from "./fixture/workshop-copy.ts";
import type { Progress } from "./progress.ts";

const schema = JSON.parse(
  readFileSync(join(root, "checks", "result.schema.json"), "utf8"),
) as object;
const isResult = new Ajv2020({ allowUnionTypes: true }).compile<Result>(schema);

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());
beforeEach(() => {
  for (const name of workshop.namesBeginning(".progress"))
    workshop.remove(name);
  workshop.write(firstFile, serverThatAnswers());
});

const solved = serverThatAnswers("/health", "/name");

describe("the verdict and its exit status", () => {
  test("0 when every base requirement is met; what is open and what comes next is named", async () => {
    workshop.write(firstFile, solved);
    const { status, stdout, stderr } = await workshop.run(["check", "01"]);
    expect(stdout).toContain("Well done! Lesson 01 is passed");
    expect(stdout).toContain("(stretch) GET /deeper answers 200");
    expect(stdout).toContain(
      "Next: 02 Two words. Read lessons/02-first-words/README.md",
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("1 when one is not; the first is explained, and what to type next", async () => {
    workshop.write(firstFile, serverThatAnswers("/health"));
    const { status, stdout } = await workshop.run(["check", "01"]);
    expect(status).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "Lesson 01: One step",
      "",
      "passed      GET /health answers 200",
      "failed      GET /name answers 200",
      "    Done:     asked for GET /name",
      "    Expected: 200",
      "    Received: 404",
      "    Console:  | asked for /name",
      "    Hint:     Where to look for /name.",
      "not reached (stretch) GET /deeper answers 200",
      "",
      expect.stringMatching(
        /^Not yet: 1 of 2 requirements met, in \d+\.\d s\.$/,
      ),
      "Next: change lessons/01-first-steps/server.ts, then npm run check 01 (for more",
      "help: npm run hint 01)",
      "",
    ]);
  });

  test("3 when the check itself fails, and that counts for nothing", async () => {
    const { status, stdout } = await workshop.run(["check", "01"], {
      CHECK_IS_BROKEN: "1",
    });
    expect(status).toBe(3);
    expect(stdout).toContain("could not tell GET /health");
    expect(stdout).toContain("It counts neither for you nor against you.");
    expect(stdout).not.toMatch(/^\s+at /m);
    expect(progress().lessons).toEqual({});
  });

  test.each([
    [
      "a missing file",
      null,
      "There is no file lessons/01-first-steps/server.ts.",
    ],
    ["an empty file", "\n", "lessons/01-first-steps/server.ts is empty."],
  ])("1 for %s, which is named", async (_what, text, sentence) => {
    if (text === null) workshop.remove(firstFile);
    else workshop.write(firstFile, text);
    const { status, stdout } = await workshop.run(["check", "01"]);
    expect(status).toBe(1);
    expect(stdout).toContain(sentence);
  });
});

describe("which lesson", () => {
  test.each(["2", "words"])("%s", async (word) => {
    const { stdout } = await workshop.run(["check", word, "--solution"]);
    expect(stdout).toContain("Lesson 02: Two words");
  });

  test("the first that is not passed, when none is named", async () => {
    workshop.write(firstFile, solved);
    expect((await workshop.run(["check"])).stdout).toContain("Lesson 01");
    expect((await workshop.run(["check"])).stdout).toContain("Lesson 02");
  });

  test("none has that name: says which there are", async () => {
    const { status, stdout, stderr } = await workshop.run(["check", "99"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain('There is no lesson "99"');
    expect(stderr).toContain("  03 The end");
  });

  test("two have that name: says which", async () => {
    const { status, stderr } = await workshop.run(["check", "first"]);
    expect(status).toBe(2);
    expect(stderr).toContain("  01 One step\n  02 Two words\n");
    expect(stderr).not.toContain("03");
  });
});

describe("--entry", () => {
  test("checks another file of the repository and leaves the progress alone", async () => {
    workshop.write("own/mine.ts", solved);
    const { status, stdout } = await workshop.run([
      "check",
      "01",
      "--entry",
      "own/mine.ts",
    ]);
    expect(stdout).toContain("Passed: own/mine.ts does what lesson 01 asks");
    expect(status).toBe(0);
    expect(workshop.namesBeginning(".progress")).toEqual([]);
  });

  test("is found from the folder in which npm was typed", async () => {
    workshop.write("own/mine.ts", solved);
    const { status } = await workshop.run(
      ["check", "01", "--entry", "mine.ts"],
      {
        npm_lifecycle_event: "check",
        INIT_CWD: workshop.path("own"),
      },
    );
    expect(status).toBe(0);
  });

  test.each([
    // Any file that is there and is not in the copy of the workshop will do.
    [
      "outside the repository",
      process.execPath,
      "is outside the workshop's folder",
    ],
    ["missing", "own/none.ts", "There is no file own/none.ts."],
    ["a folder", "lessons", "lessons is a folder."],
  ])("%s: 2, and says why", async (_what, file, sentence) => {
    const { status, stdout, stderr } = await workshop.run([
      "check",
      "01",
      "--entry",
      file,
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });
});

describe("--all", () => {
  test("one line each; 1 unless all pass; only what passes is kept", async () => {
    workshop.write(firstFile, solved);
    const { status, stdout } = await workshop.run(["check", "--all"]);
    expect(status).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "passed      01 One step",
      "failed      02 Two words: 0 of 1, next: GET /words answers 200",
      "failed      03 The end: 0 of 1, next: GET /end answers 200",
      "",
      expect.stringMatching(/^1 of 3 lessons passed, in \d+\.\d s\.$/),
      "",
    ]);
    expect(Object.keys(progress().lessons)).toEqual(["01-first-steps"]);
  });

  test("0 when all pass; with --json an array of results", async () => {
    const { status, stdout } = await workshop.run([
      "check",
      "--all",
      "--solution",
      "--json",
    ]);
    expect(status).toBe(0);
    const results = JSON.parse(stdout) as unknown[];
    expect(results).toHaveLength(3);
    for (const result of results) expectResult(result);
    expect(workshop.namesBeginning(".progress")).toEqual([]);
  });
});

describe("--earlier", () => {
  const second = "lessons/02-first-words/server.ts";

  afterEach(() => {
    workshop.write(second, serverThatAnswers());
  });

  test("the earlier contracts that still hold are checked too", async () => {
    workshop.write(second, serverThatAnswers("/words", "/health"));
    const { status, stdout } = await workshop.run(["check", "02", "--earlier"]);
    expect(status).toBe(1);
    expect(stdout).toContain("Lesson 02 is passed");
    expect(stdout.split("\n").slice(-4)).toEqual([
      "",
      "Earlier contracts that still hold:",
      "failed      01 One step: 1 of 2, next: GET /name answers 200",
      "",
    ]);
  });

  test("0 when all hold; with --json an array, the lesson's own first", async () => {
    workshop.write(second, serverThatAnswers("/words", "/health", "/name"));
    const { status, stdout } = await workshop.run([
      "check",
      "02",
      "--earlier",
      "--json",
    ]);
    expect(status).toBe(0);
    const results = (JSON.parse(stdout) as unknown[]).map(expectResult);
    expect(results.map(({ lesson }) => lesson)).toEqual([
      "02-first-words",
      "01-first-steps",
    ]);
  });

  test("what is red in the lesson itself comes first", async () => {
    const { status, stdout } = await workshop.run(["check", "02", "--earlier"]);
    expect(status).toBe(1);
    expect(stdout).not.toContain("Earlier contracts");
  });
});

describe("--json", () => {
  test.each([
    ["passed", 0, solved],
    ["not-yet", 1, serverThatAnswers("/health")],
    ["not-yet", 1, "this is no TypeScript"],
    ["not-yet", 1, `throw new Error("at once");`],
  ])("%s, %i: the result and nothing else", async (verdict, status, server) => {
    workshop.write(firstFile, server);
    const ended = await workshop.run(["check", "01", "--json"]);
    expect(ended.status).toBe(status);
    expect(expectResult(JSON.parse(ended.stdout))).toMatchObject({
      lesson: "01-first-steps",
      entry: firstFile,
      verdict,
    });
  });

  test("could-not-tell, 3", async () => {
    const ended = await workshop.run(["check", "01", "--json"], {
      CHECK_IS_BROKEN: "1",
    });
    expect(ended.status).toBe(3);
    expectResult(JSON.parse(ended.stdout));
  });

  test("of a real lesson", async () => {
    const ended = await workshop.startProgram(process.execPath, [
      join(root, "checks", "workshop.mjs"),
      "check",
      "01",
      "--solution",
      "--json",
    ]).ended;
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expectResult(JSON.parse(ended.stdout));
  });
});

describe("what was typed", () => {
  test.each<[string[], RegExp]>([
    [["--jsn"], /^Unknown option '--jsn'\.\nType: npm run check -- /],
    [["01", "--entry"], /argument missing\.\nType: npm run check -- /],
    [["01", "02"], /^"02" is one word too many\./],
    [["--all", "01"], /^--all and a lesson do not go together\./],
    [["--json", "--watch"], /^--json and --watch do not go together\./],
  ])("%j: 2 and what to type", async (words, sentence) => {
    const { status, stdout, stderr } = await workshop.run(["check", ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
  });

  test.each([undefined, "chekc", "constructor"])(
    "the command %s: 2 and which there are",
    async (command) => {
      const ended = await workshop.run(command === undefined ? [] : [command]);
      expect(ended.status).toBe(2);
      expect(ended.stderr).toContain(
        "There are: start, playground, check, hint",
      );
    },
  );

  test("npm itself: a flag that it keeps counts, and the portable form is named", async () => {
    workshop.write(firstFile, solved);
    const { status, stdout, stderr } = await npm("check", "01", "--json");
    expect(status).toBe(0);
    expectResult(JSON.parse(stdout));
    expect(stderr).toContain("npm run --silent check -- 01 --json");
  });

  test("npm itself: the portable form prints the result and nothing else", async () => {
    const { status, stdout } = await npm("check", "--", "01", "--json");
    expect(status).toBe(1);
    expectResult(JSON.parse(stdout));
  });

  test.each<[string, string[], string]>([
    ["true", ["03", "own/mine.ts"], "03 --entry own/mine.ts"],
    ["true", ["own/mine.ts"], "--entry own/mine.ts"],
    ["own/mine.ts", ["03"], "03 --entry own/mine.ts"],
  ])(
    "--entry that npm keeps (%s %j): says what to type",
    async (npm_config_entry, words, typed) => {
      const { status, stderr } = await workshop.run(["check", ...words], {
        npm_lifecycle_event: "check",
        npm_config_entry,
      });
      expect(status).toBe(2);
      expect(stderr).toContain(`Type: npm run check -- ${typed}\n`);
    },
  );

  test("a flag in the environment means nothing without npm", async () => {
    const { stdout } = await workshop.run(["check", "01", "--solution"], {
      npm_config_json: "true",
    });
    expect(stdout).toContain("Lesson 01");
  });
});

describe("plain", () => {
  test.each<[string, string[], NodeJS.ProcessEnv]>([
    ["not a terminal", [], { FORCE_COLOR: "1" }],
    ["--plain", ["--plain"], {}],
  ])("%s: no escape sequence, no sign", async (_what, words, environment) => {
    const ended = await workshop.run(["check", "01", ...words], environment);
    expect(ended.stdout + ended.stderr).not.toContain("\u001B");
    expect(ended.stdout).not.toMatch(/[✓✗·★]/);
  });
});

describe("trouble beside the lesson", () => {
  test.each(["no JSON", "[]", '{"version":2,"lessons":{}}'])(
    "a progress file with %s is put aside and named; the verdict stands",
    async (text) => {
      workshop.write(".progress.json", text);
      const { status, stderr } = await workshop.run(["check", "01"]);
      expect(status).toBe(1);
      const kept = /kept as (\.progress\.broken-[\dT-]+\.json)/.exec(
        stderr,
      )?.[1];
      expect(workshop.read(kept ?? "")).toBe(text);
      expect(progress().lessons["01-first-steps"]?.tries).toBe(1);
    },
  );

  test("a progress that cannot be written: the verdict stands, one sentence says so", async () => {
    // For root no file is read-only, but nobody can write to a folder.
    mkdirSync(workshop.path(".progress.json"));
    const { status, stdout, stderr } = await workshop.run(["check", "01"]);
    expect(status).toBe(1);
    expect(stdout).toContain("Not yet");
    expect(stderr).toMatch(/^Your progress was not kept: .+\n$/);
  });

  test("two checks at the same time: both count", async () => {
    const ended = await Promise.all(
      ["01", "02", "01"].map((lesson) => workshop.run(["check", lesson])),
    );
    expect(ended.map(({ status }) => status)).toEqual([1, 1, 1]);
    const { lessons } = progress();
    expect(lessons["01-first-steps"]?.tries).toBe(2);
    expect(lessons["02-first-words"]?.tries).toBe(1);
  });

  test("whoever reads the output stops reading: no crash", async () => {
    const command = workshop.start(["check", "01", "--json"]);
    command.stopReading();
    expect(await command.ended).toMatchObject({ status: 1, stderr: "" });
  });

  test("a lesson whose check is missing: 3 and one sentence", async () => {
    workshop.write("lessons/04-to-come/server.ts", "");
    const ended = await workshop.run(["check", "04"]);
    workshop.remove("lessons/04-to-come");
    expect(ended.status).toBe(3);
    expectOneSentence(ended);
  });
});

function npm(...words: string[]): Promise<Ended> {
  return workshop.startProgram("npm", ["run", "--silent", ...words], {
    npm_config_update_notifier: "false",
  }).ended;
}

function expectResult(value: unknown): Result {
  expect(isResult(value) ? [] : isResult.errors).toEqual([]);
  return value as Result;
}

function expectOneSentence({ stderr }: Ended): void {
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/node_modules|\.[jt]s:\d/);
}

function progress(): Progress {
  return JSON.parse(
    workshop.read(".progress.json") ?? '{ "lessons": {} }',
  ) as Progress;
}
