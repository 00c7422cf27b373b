import { defineConfig } from "vitest/config";

// Two projects over one tree:
// - workshop: the tests of the workshop itself (`npm test`);
// - lessons: the checks of the learner's own servers (`npx vitest run checks/03-who-hears-it`).
export default defineConfig({
  test: {
    // With forks, a server under test would outlive a killed vitest; with threads it does not.
    pool: "threads",
    maxWorkers: 2,
    // Most of a check of a wrong server is waiting for what does not come.
    maxConcurrency: 5,
    testTimeout: 120_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "workshop",
          // A machine that others share may stand still for seconds. What fails twice fails.
          retry: process.env.CI ? 1 : 0,
          include: ["**/*.test.ts"],
          exclude: ["**/node_modules/**", "checks/[0-9][0-9]-*/check.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "lessons",
          include: ["checks/[0-9][0-9]-*/check.test.ts"],
        },
      },
    ],
  },
});
