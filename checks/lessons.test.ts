import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCheck } from "./kit/check-run.ts";
import { lessonFile, solutionFile } from "./kit/lesson-files.ts";
import type { Lesson } from "./kit/lesson.ts";
import { root } from "./kit/repository.ts";
import type { Result } from "./kit/result.ts";

/**
 * The checks are checked: for every lesson the solution passes, the starter fails where its README
 * says, every wrong answer fails at its requirement with its hint, and right servers that are
 * written differently pass.
 */
const lessons = readdirSync(join(root, "checks")).filter((name) =>
  /^\d\d-/.test(name),
);

for (const name of lessons) {
  const folder = join(root, "checks", name);
  const { default: lesson } = (await import(join(folder, "check.ts"))) as {
    default: Lesson;
  };

  describe.concurrent(name, () => {
    test("has its own name and requirements that can be told apart", () => {
      expect(lesson.name).toBe(name);
      const ids = lesson.requirements.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test("the solution passes, stretch included", async () => {
      const result = await runCheck(lesson, { entry: solutionFile(name) });
      expect(failures(result)).toEqual([]);
      expect(result.verdict).toBe("passed");
    });

    for (const earlier of lesson.keeps ?? [])
      test(`the solution keeps what ${earlier} asked for`, async () => {
        const { default: contract } = (await import(
          join(root, "checks", earlier, "check.ts")
        )) as { default: Lesson };
        const result = await runCheck(contract, {
          entry: solutionFile(name),
          needs: lesson.needs,
        });
        expect(failures(result)).toEqual([]);
        expect(result.verdict).toBe("passed");
      });

    test("the starter fails where the README says", async () => {
      const readme = readFileSync(
        join(root, "lessons", name, "README.md"),
        "utf8",
      );
      const first = /first thing the check asks for: \*\*(.+?)\*\*/i.exec(
        readme,
      )?.[1];
      const result = await runCheck(lesson, {
        entry: join(folder, "starter.ts"),
      });
      expect(result.server.fault).toBe(null);
      expect(failures(result)[0]?.title).toBe(first);
    });

    // In a learner's own copy the lessons are theirs to change; a fresh clone proves it for all.
    test.runIf(process.env.CI)("the lesson begins with the starter", () => {
      expect(readFileSync(lessonFile(name), "utf8")).toBe(
        readFileSync(join(folder, "starter.ts"), "utf8"),
      );
    });

    for (const file of servers(join(folder, "right")))
      test(`right, and written differently: ${file}`, async () => {
        const result = await runCheck(lesson, {
          entry: join(folder, "right", file),
        });
        expect(failures(result)).toEqual([]);
        expect(result.verdict).toBe("passed");
      });

    for (const file of servers(join(folder, "wrong")))
      test(`wrong: ${file}`, async () => {
        const entry = join(folder, "wrong", file);
        const { fails, mistake, hint } = claims(readFileSync(entry, "utf8"));
        const result = await runCheck(lesson, { entry });
        const [first] = failures(result);
        expect(first).toMatchObject({
          id: fails,
          mistake: mistake === "none" ? null : mistake,
          hint: expect.stringContaining(hint),
        });
        expect(result.verdict).toBe(
          first?.kind === "base" ? "not-yet" : "passed",
        );
      });
  });
}

function servers(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder).filter(
        (file) => /\.[cm]?[jt]s$/.test(file) && !file.startsWith("."),
      )
    : [];
}

/** What a wrong answer says of itself in its first lines. */
function claims(source: string): {
  fails: string;
  mistake: string;
  hint: string;
} {
  const claim = (name: string) => {
    const value = new RegExp(`^// ${name}: (.+)$`, "m").exec(source)?.[1];
    if (value === undefined)
      throw new Error(
        `A wrong answer says "// ${name}: …" in its first lines.`,
      );
    return value.trim();
  };
  return {
    fails: claim("fails"),
    mistake: claim("mistake"),
    hint: claim("hint"),
  };
}

/** The requirements that are not met, without those behind them. */
function failures({ requirements }: Result) {
  return requirements.filter(
    ({ status }) => status !== "passed" && status !== "skipped",
  );
}
