import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CheckOptions, runCheck } from "./kit/check-run.ts";
import { type Database, openDatabase } from "./kit/database.ts";
import {
  isProgram,
  lessonFile,
  serverIn,
  solutionFile,
  starterFiles,
  starterServer,
} from "./kit/lesson-files.ts";
import type { Fault } from "./kit/faults.ts";
import type { Lesson } from "./kit/lesson.ts";
import { root } from "./kit/repository.ts";
import type { Result } from "./kit/result.ts";

/**
 * The checks are checked. Declares, as tests, that the lesson's solution passes, that its starter
 * fails where its README says, that every wrong answer fails at its requirement with its hint, and
 * that right servers which are written differently pass.
 *
 * @param options `starterFaults` are what may be wrong with the starter as a process, if it is meant
 *   to be: with time, the one becomes the other
 */
export function proveLesson(
  lesson: Lesson,
  { starterFaults = [null] }: { starterFaults?: (Fault["kind"] | null)[] } = {},
): void {
  const { name } = lesson;
  const folder = join(root, "checks", name);
  const database = sharedDatabase(lesson);
  const inTurn = turns(lesson.needs?.database === undefined ? Infinity : 3);
  const judge = (contract: Lesson, options: CheckOptions) =>
    inTurn(() => judged(contract, { ...options, database: database() }));

  describe.concurrent(name, () => {
    test("has its own name and requirements that can be told apart", () => {
      expect(existsSync(folder)).toBe(true);
      const ids = lesson.requirements.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test("the solution passes, stretch included", async () => {
      const result = await judge(lesson, { entry: solutionFile(name) });
      expect(failures(result)).toEqual([]);
      expect(result.verdict).toBe("passed");
    });

    for (const earlier of lesson.keeps ?? [])
      test(`the solution keeps what ${earlier} asked for`, async () => {
        const { default: contract } = (await import(
          join(root, "checks", earlier, "check.ts")
        )) as { default: Lesson };
        const result = await judge(contract, {
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
      const result = await judge(lesson, {
        entry: starterServer(name),
      });
      expect(starterFaults).toContain(result.server.fault);
      expect(failures(result)[0]?.title).toBe(first);
    });

    // In a learner's own copy the lessons are theirs to change; a fresh clone proves it for all.
    test.runIf(process.env.CI)("the lesson begins with the starter", () => {
      const lessonFolder = dirname(lessonFile(name));
      for (const file of starterFiles(name))
        expect(readFileSync(join(lessonFolder, file.name), "utf8")).toBe(
          readFileSync(file.path, "utf8"),
        );
    });

    for (const file of servers(join(folder, "right")))
      test(`right, and written differently: ${file}`, async () => {
        const result = await judge(lesson, {
          entry: join(folder, "right", file),
        });
        expect(failures(result)).toEqual([]);
        expect(result.verdict).toBe("passed");
      });

    for (const file of servers(join(folder, "wrong")))
      test(`wrong: ${file}`, async () => {
        const entry = join(folder, "wrong", file);
        const { fails, mistake, hint } = claims(readFileSync(entry, "utf8"));
        const result = await judge(lesson, { entry, typeCheck: false });
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

/**
 * Lets so many pieces of work go on at once. A contract with a database has limits in wall-clock time,
 * which a machine that does too much at once cannot keep.
 */
function turns(
  atOnce: number,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** All checks of a lesson share one database server, if it needs one; each has its own database. */
function sharedDatabase({
  needs,
}: Lesson): () => Promise<Database> | undefined {
  let opening: Promise<Database> | undefined;
  afterAll(async () => {
    await (await opening)?.close();
  });
  return () => {
    if (needs?.database !== undefined)
      opening ??= openDatabase({
        replicaSet: needs.database.replicaSet === true,
      });
    return opening;
  };
}

/** A server is one file, or a folder with its server; several may share what they import. */
function servers(folder: string): string[] {
  const entries = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
    : [];
  return entries
    .map((entry) =>
      entry.isDirectory()
        ? `${entry.name}/${basename(serverIn(join(folder, entry.name)))}`
        : entry.name,
    )
    .filter(
      (file) =>
        isProgram(file) &&
        !/^(protocol|database|changes|primary|worker)\./.test(file),
    );
}

/** What a wrong answer says of itself in its first lines. */
function claims(source: string): {
  fails: string;
  mistake: string;
  hint: string;
} {
  const claim = (name: string) => {
    const value = new RegExp(`^(?://|#) ${name}: (.+)$`, "m").exec(source)?.[1];
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

/** "Could not tell" is no verdict, and says more of the machine than of the check: then again. */
async function judged(lesson: Lesson, options: CheckOptions): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await runCheck(lesson, options);
    const undecided = result.requirements.some(
      ({ status }) => status === "could-not-tell",
    );
    if (!undecided || tries === 3) return result;
  }
}

/** The requirements that are not met, without those behind them. */
function failures({ requirements }: Result) {
  return requirements.filter(
    ({ status }) => status !== "passed" && status !== "skipped",
  );
}
