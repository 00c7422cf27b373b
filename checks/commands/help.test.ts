import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { root } from "../kit/repository.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";
import * as messages from "./messages.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const commands = Object.keys(messages.usage) as messages.CommandName[];
const { scripts } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as { scripts: Record<string, string> };

test.each([
  ["check", "--help"],
  ["reset", "-h"],
])(
  "%s %s: what it does and how it is typed, and nothing is done",
  async (command, flag) => {
    const ended = await workshop.run([command, "01", flag]);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const name = command as messages.CommandName;
    const text = ended.stdout.replaceAll(/\s+/g, " ");
    expect(text).toContain(messages.help[name].does);
    expect(text).toContain(`Type: ${messages.usage[name]}`);
    expect(ended.stdout).not.toMatch(/[^\n]{81}/);
    expect(workshop.namesBeginning(".progress")).toEqual([]);
  },
);

describe.each(commands)("%s", (command) => {
  test("is a script of npm", () => {
    expect(scripts[command]).toBe(`node checks/workshop.mjs ${command}`);
  });

  test("its help explains every word of its usage, and no other", () => {
    const [, words = ""] = messages.usage[command].split(/ -- (.*)/);
    const explained = messages.help[command].words ?? [];
    if (explained.length === 0) return expect(command).toMatch(/mongod|bench/);
    // Behind "or" stands another way to type it.
    const used = words.match(/--[a-z-]+|\b[A-Z]{2,}\b/g) ?? [];
    const known = explained.flatMap(([word]) => word.split(" "));
    expect(known.toSorted()).toEqual([...new Set(used)].sort());
  });
});
