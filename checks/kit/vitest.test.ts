import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import lesson from "../01-one-server/check.ts";
import { runCheck } from "./check-run.ts";
import { root } from "./repository.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "workshop-"));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  ["the solution", "solutions/01-one-server/server.ts"],
  ["a starter", "checks/01-one-server/starter.ts"],
  ["a mistake on the way", "checks/01-one-server/wrong/welcome-to-everyone.ts"],
  [
    "a mistake in a stretch",
    "checks/01-one-server/wrong/old-clients-let-in.ts",
  ],
  ["a server that does not start", "checks/kit/samples/throws-at-start.ts"],
])(
  "vitest and the quick runner give the same verdicts: %s",
  async (_, entry) => {
    const [byVitest, { requirements }] = await Promise.all([
      runVitest(entry),
      runCheck(lesson, { entry: join(root, entry) }),
    ]);
    expect(byVitest).toEqual(
      requirements.map(({ title, status }) => [title, status]),
    );
  },
);

/** Runs the lesson's check as a learner would who knows vitest, and gives title and status of each. */
async function runVitest(entry: string): Promise<[string, string][]> {
  const report = join(folder, `${entry.replaceAll("/", "-")}.json`);
  const environment = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("VITEST"),
  );
  await new Promise<void>((resolve) => {
    execFile(
      process.execPath,
      [
        join(root, "node_modules", "vitest", "vitest.mjs"),
        "run",
        "checks/01-one-server",
        "--project=lessons",
        "--reporter=json",
        `--outputFile=${report}`,
      ],
      {
        cwd: root,
        env: { ...Object.fromEntries(environment), WORKSHOP_ENTRY: entry },
      },
      // Its exit status says what the statuses say.
      () => resolve(),
    );
  });
  const { testResults } = JSON.parse(await readFile(report, "utf8")) as {
    testResults: { assertionResults: { title: string; status: string }[] }[];
  };
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status }): [string, string] => [
      title,
      status,
    ]),
  );
}
