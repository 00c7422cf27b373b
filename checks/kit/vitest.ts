import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CheckRun } from "./check-run.ts";
import type { Lesson } from "./lesson.ts";
import { lessonFile } from "./lesson-files.ts";
import type { RequirementResult } from "./result.ts";

/**
 * Declares a lesson's requirements as tests of the learner's server, for those who would rather type
 * `npx vitest run checks/03-who-hears-it`. The verdicts are those of `npm run check`.
 *
 * The environment variable WORKSHOP_ENTRY names another file to check than the lesson's own.
 */
export function asTests(lesson: Lesson): void {
  describe(lesson.name, () => {
    let run: CheckRun;
    beforeAll(() => {
      const { WORKSHOP_ENTRY: other } = process.env;
      run = new CheckRun(lesson, {
        entry: other ? resolve(other) : lessonFile(lesson.name),
      });
    });
    afterAll(async () => {
      await run.end();
    });
    for (const requirement of lesson.requirements) {
      test(requirement.title, async (context) => {
        const result = await run.judge(requirement);
        if (result.status === "skipped")
          context.skip("not reached: an earlier one comes first");
        if (result.status === "could-not-tell")
          context.skip(result.received ?? "could not tell");
        if (result.status === "failed") throw new NotMet(result);
        expect(result.status).toBe("passed");
      });
    }
  });
}

/** Shown by vitest as its message alone: a stack of the check's own code would help nobody. */
class NotMet extends Error {
  constructor({ did, expected, received, hint }: RequirementResult) {
    super(
      `\n  Done:     ${did}\n  Expected: ${expected}\n  Received: ${received}\n  Hint:     ${hint}`,
    );
    this.name = "Not yet";
    this.stack = `${this.name}: ${this.message}`;
  }
}
