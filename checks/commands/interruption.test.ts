import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { isRunning } from "../kit/processes.ts";
import {
  firstFile,
  serverThatAfterwards,
  serverThatAnswers,
} from "./fixture/lessons.ts";
import { type RunningCommand, WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const lesson = "lessons/01-first-steps";
const pidFile = `${lesson}/.pid`;
const progress = '{"version":1,"lessons":{}}';

beforeEach(() => {
  workshop.remove(pidFile);
  workshop.write(".progress.json", progress);
});

// Windows has no signals: there, ending a process from outside ends it at once.
describe.skipIf(process.platform === "win32")("Ctrl-C", () => {
  test("while the server starts", async () => {
    // Never listens, so that it stays in that state.
    workshop.write(firstFile, "setInterval(() => {}, 1_000);");
    const command = workshop.start(["check", "01"]);
    await expect.poll(compiledServers, patient).toHaveLength(1);
    command.signal("SIGINT");
    await expectStopped(command);
  });

  test.each<[string, string, NodeJS.Signals]>([
    ["while a requirement waits", "", "SIGINT"],
    ["while the server's event loop is blocked", "for (;;);", "SIGINT"],
    ["by another program", "", "SIGTERM"],
    ["by closing the terminal", "", "SIGHUP"],
  ])("%s", async (_what, code, signal) => {
    workshop.write(firstFile, serverThatAfterwards(code));
    const command = workshop.start(["check", "01"]);
    const pid = await serverAsked();
    command.signal(signal);
    await expectStopped(command, pid);
  });

  test("twice", async () => {
    workshop.write(firstFile, serverThatAfterwards(""));
    const command = workshop.start(["check", "01"]);
    const pid = await serverAsked();
    command.signal("SIGINT");
    command.signal("SIGINT");
    const { status } = await command.ended;
    expect(status).toBe(130);
    await expectNothingLeft(pid);
  });

  test("with --json: nothing on standard output", async () => {
    workshop.write(firstFile, serverThatAfterwards(""));
    const command = workshop.start(["check", "01", "--json"]);
    const pid = await serverAsked();
    command.signal("SIGINT");
    const { stdout } = await expectStopped(command, pid);
    expect(stdout).toBe("");
  });

  test("while it watches", async () => {
    workshop.write(firstFile, serverThatAnswers());
    const command = workshop.start(["check", "01", "--watch"]);
    await expect.poll(() => command.stdout, patient).toContain("Ctrl-C ends.");
    // That check has ended, and its try is kept.
    workshop.write(".progress.json", progress);
    command.signal("SIGINT");
    await expectStopped(command);
  });
});

const patient = { timeout: 10_000, interval: 5 };

function compiledServers(): string[] {
  return workshop.namesBeginning(".server.", lesson);
}

/** Resolves with the server's process id once it has been asked for something. */
async function serverAsked(): Promise<number> {
  await expect
    .poll(() => Number(workshop.read(pidFile)), patient)
    .toBeGreaterThan(0);
  return Number(workshop.read(pidFile));
}

async function expectStopped(command: RunningCommand, server?: number) {
  const ended = await command.ended;
  expect(ended).toMatchObject({ status: 130, stderr: "Stopped.\n" });
  await expectNothingLeft(server);
  return ended;
}

async function expectNothingLeft(server?: number): Promise<void> {
  expect(compiledServers()).toEqual([]);
  expect(workshop.read(".progress.json")).toBe(progress);
  expect(workshop.namesBeginning(".progress")).toEqual([".progress.json"]);
  if (server !== undefined)
    await expect.poll(() => isRunning(server), patient).toBe(false);
}
