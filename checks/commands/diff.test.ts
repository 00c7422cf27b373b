import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import {
  afterAll,
  afterEach,
  beforeEach,
  describe,
  expect,
  test,
} from "vitest";
import { type Folders, compare } from "./comparison.ts";
import { firstFile, serverThatAnswers } from "./fixture/lessons.ts";
import { noPseudoTerminal } from "./fixture/pseudo-terminal.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";
import { confirm } from "./question.ts";
import { Terminal } from "./terminal.ts";

describe("the command", () => {
  const workshop = new WorkshopCopy();
  afterAll(() => workshop.end());
  const solution = "solutions/01-first-steps";

  beforeEach(() => {
    workshop.remove(".progress.json");
    workshop.write(firstFile, serverThatAnswers());
  });

  test.each([
    ["was never checked", serverThatAnswers("/health"), false],
    ["is still the starter, though it was checked", serverThatAnswers(), true],
  ])("of a lesson that %s: not without --yes", async (_what, text, checked) => {
    workshop.write(firstFile, text);
    if (checked) await workshop.run(["check", "01"]);
    const { status, stdout, stderr } = await workshop.run(["diff"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("npm run diff -- 01 --yes");
  });

  describe.skipIf(noPseudoTerminal)("in a terminal it asks", () => {
    test.each([
      ["y\r", true],
      ["n\r", false],
      ["\u0004", false],
    ])("answered by %j: shown is %s", async (typed, isShown) => {
      const terminal = workshop.startInTerminal(["diff", "01"]);
      await terminal.shows("Show it? (y/N)");
      terminal.press(typed);
      expect(await terminal.ended).toBe(0);
      expect(terminal.words).toContain(
        isShown ? "+ only in the solution" : "Then not. Next: npm run check 01",
      );
      expect(terminal.words.includes("/deeper")).toBe(isShown);
    });

    test("Ctrl-C ends it, and nothing is shown", async () => {
      const terminal = workshop.startInTerminal(["diff", "01"]);
      await terminal.shows("Show it? (y/N)");
      terminal.press("\u0003");
      expect(await terminal.ended).toBe(130);
      expect(terminal.words).not.toContain("/deeper");
    });
  });

  test("after a try: each line says whose it is", async () => {
    workshop.write(firstFile, serverThatAnswers("/health"));
    await workshop.run(["check", "01"]);
    const { status, stdout } = await workshop.run(["diff"]);
    expect(status).toBe(0);
    expect(stdout).toContain('\nyours    const known = ["/health"];\n');
    expect(stdout).toContain(
      '\nsolution const known = ["/health","/name","/deeper"];\n',
    );
    expect(stdout).toContain("\nboth     createServer(");
    expect(stdout).toContain("npm run check 01 decides");
  });

  test("all programs of both folders", async () => {
    workshop.write("lessons/01-first-steps/mine.ts", "export {};\n");
    workshop.write(`${solution}/protocol.ts`, "export {};\n");
    workshop.write(`${solution}/README.md`, "# Notes\n");
    const { stdout } = await workshop.run(["diff", "01", "--yes"]);
    for (const file of [
      "lessons/01-first-steps/mine.ts",
      `${solution}/protocol.ts`,
      `${solution}/README.md`,
    ])
      workshop.remove(file);
    expect(stdout).toContain("lessons/01-first-steps/mine.ts is only yours.");
    expect(stdout).toContain("protocol.ts is only in the solution:\n");
    expect(stdout).toContain("lessons/01-first-steps/server.ts (each line");
    expect(stdout).toContain(`${solution}/README.md`);
  });

  test("where the solutions were kept back: 2 and one sentence", async () => {
    workshop.remove("solutions/03-the-end");
    const { status, stderr } = await workshop.run(["diff", "03", "--yes"]);
    expect(status).toBe(2);
    expect(stderr).toContain("solutions/03-the-end is missing");
  });
});

describe("a comparison", () => {
  let folders: Folders;
  beforeEach(() => {
    folders = {
      own: mkdtempSync(join(tmpdir(), "own-")),
      solution: mkdtempSync(join(tmpdir(), "solution-")),
    };
  });
  afterEach(() => {
    for (const folder of Object.values(folders))
      rmSync(folder, { recursive: true, force: true });
  });

  test("in a terminal: signs, and their meaning", () => {
    expect(below("same\nmine\n", "same\nours\n")).toEqual([
      expect.stringContaining("(- only yours, + only in the solution)"),
      "from line 1:",
      "  same",
      "- mine",
      "+ ours",
    ]);
  });

  test("in an old console of Windows: words, as in plain mode", () => {
    expect(compared("mine\n", "ours\n", 200, "server.ts", "win32")).toEqual([
      expect.stringContaining("(each line says whose it is)"),
      "from line 1:",
      "yours    mine",
      "solution ours",
    ]);
  });

  test("the same, but for line ends, the last one, and how far a line is set in", () => {
    expect(below("a\r\n    b", "a\n  b\n")).toEqual([
      expect.stringContaining("is the same as the solution."),
    ]);
  });

  test("in Python how far a line is set in is no matter of taste", () => {
    expect(below("a\n    b\n", "a\n  b\n", "server.py")).toContain("-     b");
  });

  test("an empty file", () => {
    expect(below("", "a\n")).toContain("+ a");
  });

  test("what would move the cursor is not written", () => {
    const [, ...lines] = below("\u001B[2J\u0007\n", "a\n");
    expect(lines.join("\n")).toContain("- \uFFFD[2J\uFFFD");
  });

  test("in a wide terminal side by side; a long line goes on below", () => {
    const columns = 168;
    const long = "x".repeat(100);
    const lines = compared("same\nmine\n", `same\n${long}\nmore\n`, columns);
    const rows = lines.slice(2).map((line) => line.split(" | "));
    expect(rows.map(([own = ""]) => own.trim())).toEqual([
      "same",
      "- mine",
      "",
      "",
    ]);
    expect(rows.map(([, solution = ""]) => solution.trim())).toEqual([
      "same",
      `+ ${"x".repeat(80)}`,
      `+ ${"x".repeat(20)}`,
      "+ more",
    ]);
    for (const line of lines.slice(1))
      expect(line.length).toBeLessThanOrEqual(columns);
  });

  const below = (own: string, solution: string, file?: string) =>
    compared(own, solution, 80, file);

  function compared(
    own: string,
    solution: string,
    columns: number,
    file = "server.ts",
    platform: NodeJS.Platform = "linux",
  ): string[] {
    writeFileSync(join(folders.own, file), own);
    writeFileSync(join(folders.solution, file), solution);
    const terminal = new Terminal(
      { plain: false },
      { isTTY: true, columns, write() {} },
      platform === "win32" ? {} : { TERM: "xterm" },
      platform,
    );
    return compare(file, folders, terminal).map(stripVTControlCharacters);
  }
});

describe("a question", () => {
  test.each([
    ["y\n", true],
    ["Yes\n", true],
    ["n\n", false],
    ["\n", false],
    ["", false],
  ])("answered by %j", async (typed, answer) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const asked = confirm("Show it?", input, output);
    input.end(typed);
    expect(await asked).toBe(answer);
    expect(String(output.read())).toBe("Show it? ");
  });
});
