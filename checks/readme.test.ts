import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { closing } from "./commands/closing.ts";
import {
  findLesson,
  loadLesson,
  readLessons,
  titleOf,
} from "./commands/lessons.ts";
import * as messages from "./commands/messages.ts";
import { emptyProgress } from "./commands/progress.ts";
import { report } from "./commands/report.ts";
import { Terminal } from "./commands/terminal.ts";
import { runCheck } from "./kit/check-run.ts";
import { root } from "./kit/repository.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

test("the README shows a report as it really is", async () => {
  const [, entry = "", shown] =
    /<!-- sample: (\S+) -->\s+```text\n(.*?)```/s.exec(readme) ?? [];
  const lessons = readLessons();
  const lesson = findLesson(entry.split("/")[1] ?? "", lessons);
  const checked = await runCheck(await loadLesson(lesson.name), {
    entry: join(root, entry),
  });
  // In the README it is the learner's own file, and how long it took is never the same.
  const result = {
    ...checked,
    entry: `lessons/${lesson.name}/server.ts`,
    ms: 800,
  };
  const screen = new Terminal(
    { plain: false },
    { isTTY: true, columns: 80, write: () => {} },
    { TERM: "xterm" },
    "linux",
  );
  const lines = report(
    {
      heading: messages.heading(lesson.number, titleOf(lesson)),
      result,
      closing: closing(
        result,
        {
          lesson,
          lessons,
          kind: "lesson",
          isWatching: false,
          progress: emptyProgress(),
        },
        screen,
      ),
    },
    screen,
  );
  const text = stripVTControlCharacters(lines.join("\n")).replaceAll(
    /:\d{5}\b/g,
    ":41825",
  );
  expect(`${text}\n`).toBe(shown);
});

test("the README's table has every lesson, with its title", () => {
  for (const lesson of readLessons())
    expect(readme.replaceAll(/ +/g, " ")).toContain(
      `| ${lesson.number} | [${titleOf(lesson)}](lessons/${lesson.name}/README.md) |`,
    );
});

describe.each(["README.md", "TEACHERS.md", "CONTRIBUTING.md", "CHANGELOG.md"])(
  "%s",
  (page) => {
    const text = readFileSync(join(root, page), "utf8");

    test("names no command that does not exist", () => {
      const { scripts } = JSON.parse(
        readFileSync(join(root, "package.json"), "utf8"),
      ) as { scripts: Record<string, string> };
      for (const [, command = ""] of text.matchAll(
        /npm (?:--\S+ \S+ )?run (?:--silent )?([a-z]+)/g,
      ))
        expect(Object.keys(scripts)).toContain(command);
    });

    test("links to no file that is not there", () => {
      for (const [, path = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
        expect(existsSync(join(root, path)), path).toBe(true);
    });
  },
);
