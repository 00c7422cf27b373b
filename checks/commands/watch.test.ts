import { afterAll, expect, test } from "vitest";
import { isRunning } from "../kit/processes.ts";
import {
  firstFile,
  serverThatAfterwards,
  serverThatAnswers,
} from "./fixture/lessons.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const patient = { timeout: 10_000, interval: 5 };
const pidFile = "lessons/01-first-steps/.pid";

test("checks again on every save; a save during a check begins anew", async () => {
  const command = workshop.start(["check", "01", "--watch"]);
  const timesPrinted = (text: string) => command.stdout.split(text).length - 1;
  await expect.poll(() => timesPrinted("Watching"), patient).toBe(1);
  expect(command.stdout).toContain("Not yet: 0 of 2");

  workshop.write(firstFile, serverThatAnswers("/health"));
  await expect.poll(() => timesPrinted("Watching"), patient).toBe(2);
  expect(command.stdout).toContain("Not yet: 1 of 2");

  workshop.write(firstFile, serverThatAfterwards(""));
  await expect
    .poll(() => Number(workshop.read(pidFile)), patient)
    .toBeGreaterThan(0);
  workshop.write(firstFile, serverThatAnswers("/health", "/name"));
  await expect.poll(() => timesPrinted("Watching"), patient).toBe(3);
  expect(command.stdout).toContain("Well done!");
  expect(timesPrinted("Not yet")).toBe(2);
  await expect
    .poll(() => isRunning(Number(workshop.read(pidFile))), patient)
    .toBe(false);

  command.signal("SIGKILL");
  await command.ended;
});
