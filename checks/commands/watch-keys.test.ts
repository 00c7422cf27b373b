import {
  afterAll,
  afterEach,
  beforeEach,
  describe,
  expect,
  test,
} from "vitest";
import { isRunning } from "../kit/processes.ts";
import {
  firstFile,
  serverThatAfterwards,
  serverThatAnswers,
} from "./fixture/lessons.ts";
import { PseudoTerminal, noPseudoTerminal } from "./fixture/pseudo-terminal.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const lesson = "lessons/01-first-steps";
const pidFile = `${lesson}/.pid`;
const solved = serverThatAnswers("/health", "/name");
const patient = { timeout: 20_000, interval: 5 };

let terminal: PseudoTerminal;
beforeEach(() => {
  workshop.remove(pidFile);
  workshop.remove(".progress.json");
  workshop.write(firstFile, serverThatAnswers("/health"));
});
afterEach(() => terminal.kill());

describe.skipIf(noPseudoTerminal)("in a terminal", () => {
  test("npm start says where one is and which keys there are; what is left is nothing", async () => {
    terminal = workshop.startInTerminal(["start"]);
    await terminal.shows("q quit");
    expect(terminal.screen).toContain(
      "Edit:   lessons/01-first-steps/server.ts",
    );
    expect(terminal.screen).toContain("Not yet: 1 of 2");
    expect(terminal.screen).toContain("(for more help: the key h)");
    expect(terminal.screen).toContain(
      "Keys: h hint, d diff, n next, l list, r reset, o open, q quit",
    );
    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(compiledServers()).toEqual([]);
  });
});

function compiledServers(): string[] {
  return workshop.namesBeginning(".server.", lesson);
}
