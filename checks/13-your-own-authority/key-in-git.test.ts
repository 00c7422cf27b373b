import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificates } from "../kit/authority.ts";
import { runCheck } from "../kit/check-run.ts";
import { cacheFolder, root } from "../kit/repository.ts";
import { TemporaryFolder } from "../kit/temporary-folder.ts";
import lesson from "./check.ts";
import { keysInGit } from "./git.ts";

const hasGit = spawnSync("git", ["--version"]).status === 0;

test("without a repository there are no keys in git", async () => {
  const folder = new TemporaryFolder();
  try {
    await folder.write("server.key", (await certificates.of("right")).key);
    expect(await keysInGit(folder.path)).toEqual([]);
  } finally {
    folder.remove();
  }
});

// A wrong answer with a key in git cannot be kept in git.
describe.skipIf(!hasGit)("in a repository of a learner's", () => {
  let folder: string;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });

  beforeEach(async () => {
    // Below the workshop, so that the server finds its packages.
    folder = join(cacheFolder, `git-${randomUUID()}`);
    mkdirSync(cacheFolder, { recursive: true });
    cpSync(join(root, "solutions", lesson.name), folder, { recursive: true });
    mkdirSync(join(folder, "keys"));
    const { key } = await certificates.of("right");
    writeFileSync(join(folder, "keys", "server.key"), key);
    git("init", "--quiet");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("a key that git does not know of is nobody's business", async () => {
    git("add", "server.ts", "make-certs.ts", "client.ts");
    expect(await keysInGit(folder)).toEqual([]);
  });

  test("a key that was added is found, and fails the requirement", async () => {
    git("add", "--force", ".");
    expect(await keysInGit(folder)).toEqual(["keys/server.key"]);
    const { requirements } = await runCheck(lesson, {
      entry: join(folder, "server.ts"),
      typeCheck: false,
    });
    const failed = requirements.find(({ status }) => status === "failed");
    expect(failed).toMatchObject({
      id: "keys",
      mistake: "key-in-git",
      received: "keys/server.key is one",
    });
  });
});
