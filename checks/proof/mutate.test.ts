import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython } from "../kit/python.ts";
import { root } from "../kit/repository.ts";

const PROGRAM = `"""What it is for."""
from __future__ import annotations

LIMIT: dict[str, int] = {"most": 3}


def is_small(size: int, least: int = 1) -> bool:
    """Whether it is."""
    return least <= size and not size > LIMIT["most"]


def name(size):
    if size is None:
        return f"{LIMIT['most']}!"
    return "small" if is_small(size) else "large"


try:
    print(is_small(3), is_small(4), name(2), name(None))
except KeyError:
    print("KeyError")
`;

const found = await findPython().catch(() => undefined);

/** Runs Python, and gives what it prints. */
function python(
  words: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const { stdout, stderr, status } = spawnSync(
    found?.command ?? "",
    [...(found?.args ?? []), ...words],
    { ...options, encoding: "utf8" },
  );
  expect(stderr, "standard error").toBe("");
  expect(status).toBe(0);
  return stdout.trim();
}

interface Mutated {
  content: string;
  mutants: { id: string; mutator: string; from: string; to: string }[];
}

// On a desk Python may be missing; where changes are let in it must not be.
describe.skipIf(found === undefined && !process.env.CI)("mutate.py", () => {
  let content: string;
  let mutants: Mutated["mutants"];
  beforeAll(() => {
    const mutate = join(root, "checks", "proof", "mutate.py");
    const mutated = python([mutate], { input: PROGRAM });
    ({ content, mutants } = JSON.parse(mutated) as Mutated);
  });

  const run = (mutant: string) =>
    python(["-c", content], {
      env: { ...process.env, __STRYKER_ACTIVE_MUTANT__: mutant },
    });

  test("with all mutants asleep the program is what it was", () => {
    expect(run("none")).toBe(python(["-c", PROGRAM]));
  });

  test.each([
    ['size > LIMIT["most"]', "size >= LIMIT['most']", "False False small 3!"],
    ['not size > LIMIT["most"]', "size > LIMIT['most']", "False True large 3!"],
    ['"small"', "''", "True False  3!"],
    ["is_small(size)", "False", "True False large 3!"],
    ["size is None", "True", "True False 3! 3!"],
    ['{"most": 3}', "{}", "KeyError"],
  ])("%s becomes %s, and nothing else does", (from, to, printed) => {
    const mutant = mutants.find((each) => each.from === from && each.to === to);
    expect(run(mutant?.id ?? "none")).toBe(printed);
  });

  test("nothing is made of types and of texts about the code", () => {
    const changed = mutants.map(({ from }) => from);
    expect(changed).not.toContain('"""What it is for."""');
    expect(changed).not.toContain('"""Whether it is."""');
    expect(changed).not.toContain("dict[str, int]");
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  });
});
