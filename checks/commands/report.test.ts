import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RequirementResult, Result } from "../kit/result.ts";
import { LiveReport } from "./live-report.ts";
import { type Told, report } from "./report.ts";
import { Terminal } from "./terminal.ts";

afterEach(() => vi.unstubAllEnvs());

describe("one screen of 24 rows and 80 columns", () => {
  const many = 10;
  test.each(Array.from({ length: many }, (_, index) => index))(
    "ten requirements, the %i. of which fails with much to say",
    (at) => {
      const lines = report(lengthy(many, at), screen().terminal);
      expect(lines.length).toBeLessThanOrEqual(23);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
      const text = lines.join(" ").replaceAll(/\s+/g, " ");
      expect(text).toContain(hint);
      expect(text).toContain("Next: what to type.");
      expect(text).toContain("| the last line of the console");
    },
  );

  test("first the requirements that are met become one line, then those not reached", () => {
    const told = lengthy(10, 5, { console: 2 });
    const lines = (rows: number) =>
      report(told, screen({ rows }).terminal).join("\n");
    expect(lines(40)).toContain("✓ Requirement number 3 is met");
    expect(lines(40)).toContain("· Requirement number 7 is met");
    const all = report(told, screen({ rows: 40 }).terminal).length;
    expect(lines(all)).toContain("✓ 5 requirements met");
    expect(lines(all)).toContain("· Requirement number 7 is met");
    expect(lines(all - 4)).toContain("· 4 more, not reached yet");
    expect(lines(all - 4)).toContain("| the last line but 1");
  });

  test("the oldest lines of the console go first, and are counted", () => {
    const told = lengthy(2, 1, { console: 12 });
    const whole = report(told, screen({ rows: 60 }).terminal);
    const cut = report(told, screen({ rows: whole.length - 2 }).terminal);
    expect(cut.join("\n")).toMatch(/Console: {2}\(\d earlier lines\)/);
    expect(cut.join("\n")).toContain("| the last line of the console");
  });

  test("where there is no screen, nothing is left out", () => {
    const output = { write() {} };
    const terminal = new Terminal({ plain: false }, output, {});
    const lines = report(lengthy(10, 9), terminal);
    expect(lines.filter((line) => line.startsWith("passed "))).toHaveLength(9);
  });
});

describe("what happened", () => {
  test("a line of the file is no line of the console, and a place is named once", () => {
    const told = lengthy(1, 0);
    told.result.server = {
      ...told.result.server,
      fault: "syntax-error",
      where: "server.ts:4:22",
      output: ["4 | \tlisten(;", "    | \t       ^"],
    };
    told.result.requirements[0]!.received = "server.ts:4:22 cannot be read";
    const lines = report(told, screen({ rows: 60 }).terminal);
    expect(lines).toContain("    Line:     | 4 |   listen(;");
    expect(lines.join("\n")).not.toContain("Where:");
  });

  test("where, and what TypeScript says", () => {
    const told = lengthy(1, 0);
    told.result.server.where = "server.ts:7";
    told.result.server.notices = [{ kind: "type-error", message: "Objects." }];
    const lines = report(told, screen({ rows: 60 }).terminal);
    expect(lines).toContain("    Where:    server.ts:7");
    expect(lines).toContain("    Note:     Objects.");
  });

  test("a check that could not tell gives its reason", () => {
    const told = lengthy(1, 0);
    told.result.requirements[0]!.status = "could-not-tell";
    const lines = report(told, screen({ rows: 60 }).terminal);
    expect(lines[2]).toMatch(/^\? Requirement/);
    expect(lines.join("\n")).toContain("Reason:");
  });
});

test("colours say nothing that the text does not say", () => {
  vi.stubEnv("FORCE_COLOR", "1");
  const told = lengthy(10, 5);
  const coloured = report(told, screen().terminal);
  vi.unstubAllEnvs();
  expect(coloured.join("")).toContain("\u001B[");
  expect(coloured.map(stripVTControlCharacters)).toEqual(
    report(told, screen().terminal).map(stripVTControlCharacters),
  );
});

describe("while the check runs", () => {
  test("requirements appear as they are met; the end is added", () => {
    const told = lengthy(3, 2, { console: 0 });
    const { terminal, written } = screen();
    const live = new LiveReport(terminal, told.heading, terminal.height);
    const [first, second, third] = told.result.requirements;
    live.add(first!);
    expect(written().at(-1)).toMatch(/^✓ Requirement number 0/);
    live.add(second!);
    const before = written();
    live.add(third!);
    expect(written()).toEqual(before);
    live.finish(told);
    expect(written()).toEqual(report(told, terminal));
  });

  test("what no longer fits is written anew", () => {
    const told = lengthy(10, 5);
    const { terminal, written } = screen({ rows: 20 });
    const live = new LiveReport(terminal, told.heading, terminal.height);
    for (const requirement of told.result.requirements) live.add(requirement);
    expect(written()).toHaveLength(7);
    live.finish(told);
    expect(written()).toEqual(report(told, terminal));
    expect(written().join("\n")).toContain("5 requirements met");
  });

  test("never more than can be taken back", () => {
    const told = lengthy(10, 9);
    const { terminal, written } = screen({ rows: 6 });
    const live = new LiveReport(terminal, told.heading, terminal.height);
    for (const requirement of told.result.requirements) live.add(requirement);
    expect(written().length).toBeLessThanOrEqual(5);
  });

  test("in plain mode all comes at the end", () => {
    const told = lengthy(3, 2);
    const { terminal, written } = screen({ plain: true });
    const live = new LiveReport(terminal, told.heading, terminal.height);
    for (const requirement of told.result.requirements) live.add(requirement);
    expect(written()).toEqual([]);
    live.finish(told);
    expect(written()).toEqual(report(told, terminal));
  });
});

const hint =
  "This is a hint of the usual length, which leads to the cause in two sentences. It is never the solution itself.";

/** A result with `many` requirements, of which the one at `at` fails. */
function lengthy(many: number, at: number, { console: lines = 12 } = {}): Told {
  const status = (index: number) =>
    index < at ? "passed" : index === at ? "failed" : "skipped";
  const requirements = Array.from(
    { length: many },
    (_, index): RequirementResult => ({
      id: `number-${index}`,
      title: `Requirement number ${index} is met, and its title fills most of a line`,
      kind: index > 7 ? "stretch" : "base",
      status: status(index),
      ms: 1,
      did: long("did"),
      expected: long("expected"),
      received: long("received"),
      hint,
      mistake: null,
    }),
  );
  const output = Array.from({ length: lines }, (_, index) =>
    index === lines - 1
      ? "the last line of the console"
      : `the last line but ${lines - 1 - index}`,
  );
  const result: Result = {
    version: 1,
    lesson: "01-one",
    entry: "lessons/01-one/server.ts",
    verdict: "not-yet",
    ms: 300,
    database: { engine: null, version: null, why: "" },
    requirements,
    server: { exit: null, fault: null, where: null, output, notices: [] },
  };
  return {
    heading: "Lesson 01: One",
    result,
    closing: [
      { tone: "strong", text: "Not yet." },
      { tone: "strong", text: "Next: what to type." },
    ],
  };
}

const long = (what: string) => `${what} ${"and so on ".repeat(12)}`.trim();

/** A terminal whose screen can be looked at. */
function screen({ rows = 24, plain = false } = {}) {
  const lines: string[] = [];
  let row = 0;
  const terminal = new Terminal(
    { plain },
    {
      isTTY: true,
      columns: 80,
      rows,
      write(text) {
        for (const line of text.split("\n").slice(0, -1)) lines[row++] = line;
      },
      moveCursor(_dx, dy) {
        row += dy;
      },
      clearScreenDown() {
        lines.length = row;
      },
    },
    {},
    "linux",
  );
  return { terminal, written: () => lines.map(stripVTControlCharacters) };
}
