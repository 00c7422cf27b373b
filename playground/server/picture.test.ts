import { join } from "node:path";
import { expect, test } from "vitest";
import { CheckRun } from "../../checks/kit/check-run.ts";
import { solutionFile } from "../../checks/kit/lesson-files.ts";
import type { Lesson } from "../../checks/kit/lesson.ts";
import { root } from "../../checks/kit/repository.ts";
import whoHearsIt from "../../checks/03-who-hears-it/check.ts";
import askAndAnswer from "../../checks/04-ask-and-answer/check.ts";
import type { Picture } from "../protocol.ts";
import { pictureOf } from "./picture.ts";

/** Judges a wrong answer up to the first requirement that it fails, and draws that one. */
async function draw(lesson: Lesson, entry: string): Promise<Picture | null> {
  const run = new CheckRun(lesson, { entry, typeCheck: false });
  try {
    for (const requirement of lesson.requirements) {
      const result = await run.judge(requirement);
      if (result.status !== "passed")
        return pictureOf(result, run.timeline.entries);
    }
    return null;
  } finally {
    await run.end();
  }
}

const wrong = (lesson: Lesson, name: string) =>
  join(root, "checks", lesson.name, "wrong", `${name}.ts`);

test("an event that the wrong ear hears: the first step that differs is that it hears it", async () => {
  const picture = await draw(
    whoHearsIt,
    wrong(whoHearsIt, "notification-to-everyone"),
  );
  expect(picture).toMatchObject({
    requirement: "notification-reaches-one",
    lanes: ["Alice", "Bob", "Carol", "server"],
    received: "heard by Alice, Bob and Carol",
    omitted: 0,
  });
  const { entries, differs } = picture as Picture;
  const step = entries[differs];
  expect(step).toMatchObject({ kind: "event", event: "notification" });
  expect(step?.to).not.toBe("Bob");
  expect(entries.at(-1)?.kind).toBe("unmet");
  // Names stand where ids were, and a label is no longer than it must be.
  expect(step?.text).toContain("from: ‹id of Alice›");
  const before = entries.slice(0, differs);
  expect(before.map(({ kind }) => kind)).toContain("emit");
});

test("an answer that is not as it should be: the answer differs", async () => {
  const picture = await draw(askAndAnswer, wrong(askAndAnswer, "bare-time"));
  const { entries, differs } = picture as Picture;
  expect(entries[differs]).toMatchObject({ kind: "ack", event: "time:get" });
});

test("what is missing stands at the end", async () => {
  const starter = join(root, "checks", askAndAnswer.name, "starter.ts");
  const picture = await draw(askAndAnswer, starter);
  const { entries, differs } = picture as Picture;
  expect(differs).toBe(entries.length - 1);
  expect(entries[differs]?.kind).toBe("unmet");
});

test("what is met is no picture", async () => {
  const run = new CheckRun(whoHearsIt, {
    entry: solutionFile(whoHearsIt.name),
  });
  const [first] = whoHearsIt.requirements;
  if (first === undefined) throw new Error("no requirement");
  const result = await run.judge(first);
  await run.end();
  expect(result.status).toBe("passed");
  expect(pictureOf(result, run.timeline.entries)).toBeNull();
});
