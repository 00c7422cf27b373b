import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverThatAnswers } from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
const lesson = "01-first-steps";
const page = "checks/PROOF.md";

beforeAll(() => {
  workshop.write(
    `lessons/${lesson}/README.md`,
    "# 01 One step\n\nThe first thing the check asks for: **GET /health answers 200**\n",
  );
  workshop.write(`checks/${lesson}/right/one.ts`, allThatIsAsked());
  workshop.write(
    `checks/${lesson}/wrong/no-name.ts`,
    wrongAnswer("name", "none", "Where to look for /name"),
  );
  workshop.write("checks/proof/mistakes.json", "[]");
});
afterAll(() => workshop.end());

test("the known answers of a lesson, counted", async () => {
  const { status, stdout } = await prove("answers");
  expect(figuresIn(stdout)).toMatchObject({
    "solution passes": "1/1",
    "passes earlier checks": "–",
    "starter fails first": "1/1",
    "right servers pass": "1/1",
    "wrong answers get their hint": "1/1",
    left: "0",
  });
  expect(stdout).toContain("It holds.");
  expect(status).toBe(0);
});

test.each([
  [
    "a wrong server that passes",
    `wrong/passes.ts`,
    () => claims("name", "none", "hint") + allThatIsAsked(),
    "a wrong server passes",
  ],
  [
    "a wrong server with another requirement",
    "wrong/elsewhere.ts",
    () => wrongAnswer("health", "none", "Where to look for /health"),
    "fails at name (expected: 200; received: 404), not at health",
  ],
  [
    "a wrong server that is taken for another mistake",
    "wrong/taken.ts",
    () => wrongAnswer("name", "M7", "Where to look for /name"),
    "is taken for no known mistake, not for M7",
  ],
  [
    "a wrong server with another hint",
    "wrong/hint.ts",
    () => wrongAnswer("name", "none", "Look elsewhere"),
    "gets another hint: Where to look for /name.",
  ],
  [
    "a right server that fails",
    "right/fails.ts",
    () => serverThatAnswers("/health"),
    "a right server fails at name",
  ],
])("%s is a problem", async (_what, file, text, problem) => {
  workshop.write(`checks/${lesson}/${file}`, text());
  const { status, stdout } = await prove("answers");
  workshop.remove(`checks/${lesson}/${file}`);
  expect(stdout).toContain(`answers: 01 ${file}: ${problem}`);
  expect(stdout).toContain("It does not hold: 1 problem.");
  expect(status).toBe(1);
});

test("under load, as often as asked", async () => {
  const { status, stdout } = await prove("load", "--times", "2");
  expect(figuresIn(stdout)).toMatchObject({
    runs: "8",
    "right servers that failed": "0",
    "wrong servers that passed": "0",
  });
  expect(status).toBe(0);
});

test("a mistake that no wrong answer makes, and a wrong answer without a mistake", async () => {
  workshop.write(
    "checks/proof/mistakes.json",
    JSON.stringify([
      { id: "M1", mistake: "One" },
      { id: "M2", mistake: "Two", absent: "nobody can see it" },
    ]),
  );
  workshop.write(
    `checks/${lesson}/wrong/unknown.ts`,
    wrongAnswer("name", "M3", "hint"),
  );
  const { stdout } = await prove("mistakes");
  workshop.remove(`checks/${lesson}/wrong/unknown.ts`);
  expect(stdout).toContain("mistakes: M1 is made by no wrong answer");
  expect(stdout).toContain(
    "mistakes: 01 unknown names M3, which is no known mistake",
  );
  expect(stdout).toContain("It does not hold: 2 problems.");
});

describe("the page", () => {
  test("a run over all lessons replaces the section of its part, and no other", async () => {
    await proveAll("answers");
    const first = workshop.read(page) ?? "";
    expect(first).toContain("## answers");
    expect(first).toContain("| 01-first-steps | 1/1 | – | 1/1 | 1/1 | 1/1 |");
    await proveAll("mistakes");
    const second = workshop.read(page) ?? "";
    expect(sectionIn(second, "answers")).toBe(sectionIn(first, "answers"));
    expect(second).toContain("## mistakes");
  });

  test("one lesson, or a quick run, leaves it as it is", async () => {
    workshop.write(page, "as it is\n");
    await prove("mistakes");
    await proveAll("mistakes", "--quick");
    expect(workshop.read(page)).toBe("as it is\n");
  });
});

describe("what was typed wrongly", () => {
  test.each([
    [["mutant"], 'There is no part "mutant" of the proof.'],
    [["--times", "0"], '--times takes a whole number from 1 on, not "0".'],
    [["--minutes", "x"], '--minutes takes a whole number from 1 on, not "x".'],
    [["--lesson", "77"], 'There is no lesson "77".'],
  ])("%j", async (words, sentence) => {
    const { status, stdout, stderr } = await proveAll(...words);
    expect(stderr).toContain(sentence);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});

function prove(...words: string[]) {
  return proveAll(...words, "--lesson", "01");
}

function proveAll(...words: string[]) {
  return workshop.run(["prove", ...words]);
}

function allThatIsAsked(): string {
  return serverThatAnswers("/health", "/name", "/deeper");
}

function wrongAnswer(...given: Parameters<typeof claims>): string {
  return claims(...given) + serverThatAnswers("/health", "/deeper");
}

function claims(fails: string, mistake: string, hint: string): string {
  return `// fails: ${fails}\n// mistake: ${mistake}\n// hint: ${hint}\n`;
}

/** What was counted, from the table at the end. */
function figuresIn(text: string): Record<string, string> {
  const rows = text
    .split("\n")
    .map((line) => line.split(/ {2,}/))
    .filter(({ length }) => length === 3);
  return Object.fromEntries(
    rows.slice(1).map(([, what, count]) => [what, count]),
  );
}

function sectionIn(text: string, name: string): string | undefined {
  return text
    .split("<!-- end of part -->")
    .find((part) => part.includes(`## ${name}\n`));
}
