import { describe, expect, test } from "vitest";
import { Terminal } from "./terminal.ts";

const screen = { isTTY: true, columns: 80, rows: 24, write() {} };
const mark = { sign: "✓", word: "passed" };

describe("plain", () => {
  test.each<[string, boolean, object, NodeJS.ProcessEnv]>([
    ["asked for", true, screen, {}],
    ["no terminal", false, { ...screen, isTTY: false }, {}],
    ["NO_COLOR", false, screen, { NO_COLOR: "1" }],
    ["TERM=dumb", false, screen, { TERM: "dumb" }],
  ])("%s", (_why, plain, output, environment) => {
    const terminal = new Terminal(
      { plain },
      { ...screen, ...output },
      { FORCE_COLOR: "1", ...environment },
    );
    expect(terminal.isPlain).toBe(true);
    expect(terminal.sign(mark)).toBe("passed");
    expect(terminal.paint("bad", "text")).toBe("text");
  });

  test("not on a terminal; an empty NO_COLOR is none", () => {
    const terminal = new Terminal({ plain: false }, screen, { NO_COLOR: "" });
    expect(terminal.isPlain).toBe(false);
  });
});

test.each<[NodeJS.ProcessEnv, NodeJS.Platform, string]>([
  [{}, "linux", "✓"],
  [{}, "win32", "passed"],
  [{ WT_SESSION: "1" }, "win32", "✓"],
  [{ TERM_PROGRAM: "vscode" }, "win32", "✓"],
  [{ TERM: "xterm" }, "win32", "✓"],
])("%j on %s shows %s", (environment, platform, shown) => {
  const terminal = new Terminal(
    { plain: false },
    screen,
    environment,
    platform,
  );
  expect(terminal.sign(mark)).toBe(shown);
});

test.each([
  [20, 40],
  [80, 80],
  [300, 100],
  [undefined, 80],
])("%s columns make lines of %i", (columns, width) => {
  const { rows, write } = screen;
  const output = { isTTY: true, rows, write, ...(columns ? { columns } : {}) };
  expect(new Terminal({ plain: false }, output, {}).width).toBe(width);
});
