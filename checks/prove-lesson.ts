import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CheckOptions, runCheck } from "./kit/check-run.ts";
import { type Database, openDatabase } from "./kit/database.ts";
import { lessonFile, starterFiles } from "./kit/lesson-files.ts";
import type { Fault } from "./kit/faults.ts";
import type { Lesson } from "./kit/lesson.ts";
import { root } from "./kit/repository.ts";
import type { Result } from "./kit/result.ts";
import {
  type Answer,
  answersOf,
  isUndecided,
  objectionTo,
} from "./proof/answers.ts";

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
  const database = sharedDatabase(lesson);
  const inTurn = turns(lesson.needs?.database === undefined ? Infinity : 3);

  const judge = async (answer: Answer) => {
    const { kind, entry, contract } = answer;
    const isOwn = contract === name;
    const result = await inTurn(async () =>
      judged(isOwn ? lesson : await contractOf(contract), {
        entry,
        database: database(),
        typeCheck: kind !== "wrong",
        ...(isOwn ? {} : { needs: lesson.needs }),
      }),
    );
    expect(objectionTo(answer, result)).toBe(null);
    return result;
  };

  describe.concurrent(name, () => {
    test("has its own name and requirements that can be told apart", () => {
      expect(existsSync(join(root, "checks", name))).toBe(true);
      const ids = lesson.requirements.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    for (const answer of answersOf(lesson))
      test(titleOf(answer), async () => {
        const { server } = await judge(answer);
        if (answer.kind === "starter")
          expect(starterFaults).toContain(server.fault);
      });

    // In a learner's own copy the lessons are theirs to change; a fresh clone proves it for all.
    test.runIf(process.env.CI)("the lesson begins with the starter", () => {
      const lessonFolder = dirname(lessonFile(name));
      for (const file of starterFiles(name))
        expect(readFileSync(join(lessonFolder, file.name), "utf8")).toBe(
          readFileSync(file.path, "utf8"),
        );
    });
  });
}

function titleOf({ kind, name, contract }: Answer): string {
  switch (kind) {
    case "solution":
      return "the solution passes, stretch included";
    case "keeps":
      return `the solution keeps what ${contract} asked for`;
    case "starter":
      return "the starter fails where the README says";
    case "right":
      return `right, and written differently: ${name}`;
    case "wrong":
      return `wrong: ${name}`;
  }
}

async function contractOf(name: string): Promise<Lesson> {
  const { default: contract } = (await import(
    join(root, "checks", name, "check.ts")
  )) as { default: Lesson };
  return contract;
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

/** "Could not tell" is no verdict, and says more of the machine than of the check: then again. */
async function judged(lesson: Lesson, options: CheckOptions): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await runCheck(lesson, options);
    if (!isUndecided(result) || tries === 3) return result;
  }
}
