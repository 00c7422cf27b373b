import { execFileSync } from "node:child_process";
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
import {
  type PseudoTerminal,
  noPseudoTerminal,
} from "./fixture/pseudo-terminal.ts";
import { WorkshopCopy } from "./fixture/workshop-copy.ts";

const workshop = new WorkshopCopy();
afterAll(() => workshop.end());

const lesson = "lessons/01-first-steps";
const pidFile = `${lesson}/.pid`;
const starter = serverThatAnswers();
const half = serverThatAnswers("/health");
const solved = serverThatAnswers("/health", "/name");
const patient = { timeout: 20_000, interval: 5 };

const isWindows = process.platform === "win32";

let terminal: PseudoTerminal;
beforeEach(() => {
  for (const file of [pidFile, ".progress.json", `${lesson}/kept`])
    workshop.remove(file);
  workshop.write(firstFile, half);
});
afterEach(async () => {
  terminal.kill();
  await terminal.ended;
});

describe.skipIf(noPseudoTerminal)("in a terminal", () => {
  test("says where one is, and which keys there are", async () => {
    await start();
    expect(terminal.screen).toContain(
      "Edit:   lessons/01-first-steps/server.ts",
    );
    expect(terminal.words).toContain("Not yet: 1 of 2");
    expect(terminal.words).toContain("(for more help: the key h)");
    expect(terminal.words).toContain(
      "Keys: h hint, d diff, n next, l list, r reset, o open, q quit",
    );
  });

  test("from npm start to the second lesson", async () => {
    await start();
    workshop.write(firstFile, solved);
    await terminal.shows(
      /Well done!.+Next: 02 Two words\. The key n goes on to it\..+q quit/,
    );
    terminal.press("n");
    await terminal.shows(
      /Lesson: 02 Two words.+Edit: lessons\/02-first-words\/server\.ts.+Not yet: 0 of 1.+q quit/,
    );
    workshop.write(
      "lessons/02-first-words/server.ts",
      serverThatAnswers("/words"),
    );
    await terminal.shows(/Lesson 02 is passed.+q quit/);
    workshop.write("lessons/02-first-words/server.ts", starter);
  });

  test("h tells one hint after the other", async () => {
    await start();
    for (const hint of [
      "Hint 2 of 3: What to think of.",
      "Hint 3 of 3: Which call.",
    ]) {
      terminal.press("h");
      await terminal.shows(new RegExp(`${hint}.+q quit`));
    }
  });

  test("d shows the solution to those who have tried", async () => {
    await start();
    terminal.press("d");
    await terminal.shows(/yours beside the solution.+q quit/);
  });

  test("d asks those who have not", async () => {
    workshop.write(firstFile, starter);
    await start();
    terminal.press("d");
    await terminal.shows("You have not tried lesson 01 yet");
    terminal.press("y");
    await terminal.shows(/yours beside the solution.+q quit/);
  });

  test("n goes on only after this lesson", async () => {
    await start();
    terminal.press("n");
    await terminal.shows(/01 One step is not passed yet.+q quit/);
  });

  test("l lists the lessons", async () => {
    await start();
    terminal.press("l");
    await terminal.shows(/01 One step.+02 Two words.+03 The end/);
  });

  test("r asks; without a yes nothing is changed", async () => {
    await start();
    terminal.press("r");
    await terminal.shows("Begin lesson 01 anew?");
    terminal.press("n");
    // A key that is carried out afterwards proves that the answer had its time.
    terminal.press("h");
    await terminal.shows("Hint 2 of 3");
    expect(workshop.read(firstFile)).toBe(half);
  });

  test("r and y: the starter is there and checked, and what was there is kept", async () => {
    await start();
    terminal.press("r");
    await terminal.shows("Begin lesson 01 anew?");
    terminal.press("y");
    await terminal.shows(/kept\/.+Not yet: 0 of 2.+q quit/);
    expect(workshop.read(firstFile)).toBe(starter);
    const [kept] = workshop.namesBeginning("2", `${lesson}/kept`);
    expect(workshop.read(`${lesson}/kept/${kept}/server.ts`)).toBe(half);
  });

  test("a save withdraws a question: a later y answers nothing", async () => {
    await start();
    terminal.press("r");
    await terminal.shows("Begin lesson 01 anew?");
    workshop.write(firstFile, solved);
    await terminal.shows(/Well done!.+q quit/);
    terminal.press("yl");
    await terminal.shows("03 The end");
    expect(workshop.read(firstFile)).toBe(solved);
  });

  test("a key during a check waits for the report", async () => {
    workshop.write(firstFile, serverThatAfterwards(""));
    terminal = workshop.startInTerminal(["start"]);
    await serverAsked();
    terminal.press("h");
    await terminal.shows(/Not yet: 0 of 2.+Hint \d of 3.+q quit/);
  });

  test("a save during a check begins a new one; no process of the old one is left", async () => {
    workshop.write(firstFile, serverThatAfterwards(""));
    terminal = workshop.startInTerminal(["start"]);
    const pid = await serverAsked();
    workshop.write(firstFile, solved);
    await terminal.shows(/Well done!.+q quit/);
    expect(terminal.written).not.toContain("Not yet");
    await expectEnded(pid);
  });

  test("an endless loop is named, and the next save is checked", async () => {
    workshop.write(firstFile, serverThatAfterwards("for (;;);"));
    terminal = workshop.startInTerminal(["start"]);
    const pid = await serverAsked();
    await terminal.shows(/event loop does not turn.+q quit/);
    await expectEnded(pid);
    workshop.write(firstFile, solved);
    await terminal.shows(/Well done!.+q quit/);
  });

  test("a broken file is named, and the next save is checked", async () => {
    await start();
    workshop.write(firstFile, "const = 1;");
    await terminal.shows(/server\.ts:1:7 cannot be read.+q quit/);
    workshop.remove(firstFile);
    await terminal.shows(/There is no file .+server\.ts.+q quit/);
    workshop.write(firstFile, solved);
    await terminal.shows(/Well done!.+q quit/);
  });

  test("another file has no hints and no solution: those keys are neither named nor there", async () => {
    workshop.write("own/mine.ts", half);
    terminal = workshop.startInTerminal([
      "check",
      "01",
      "--watch",
      "--entry",
      "own/mine.ts",
    ]);
    await terminal.shows("Keys: l list, q quit");
    terminal.press("rnhdl");
    await terminal.shows("03 The end");
    expect(terminal.words).not.toContain("Begin lesson 01 anew?");
    expect(terminal.words).not.toContain("Hint 2");
  });

  describe("o", () => {
    test("opens the lesson in the editor that VISUAL or EDITOR names", async () => {
      workshop.write(
        "editor.mjs",
        `import { writeFileSync } from "node:fs"; writeFileSync("opened", process.argv.slice(2).join(" "));`,
      );
      await start({ VISUAL: `"${process.execPath}" editor.mjs --wait` });
      terminal.press("o");
      await terminal.shows("Opened with node");
      await expect
        .poll(() => workshop.read("opened"), patient)
        .toBe(
          `--wait ${workshop.path(lesson, "README.md")} ${workshop.path(firstFile)}`,
        );
    });

    test.skipIf(isWindows || process.platform === "darwin")(
      "says what to open where nothing can open it (on Linux without a desktop)",
      async () => {
        await start({ VISUAL: "vim", DISPLAY: "", WAYLAND_DISPLAY: "" });
        terminal.press("o");
        await terminal.shows(
          "Open these in your editor: lessons/01-first-steps/README.md",
        );
      },
    );
  });

  describe("the end", () => {
    test("q ends it at once, also during a check, and leaves nothing behind", async () => {
      workshop.write(firstFile, serverThatAfterwards("for (;;);"));
      terminal = workshop.startInTerminal(["start"]);
      const pid = await serverAsked();
      terminal.press("q");
      expect(await terminal.ended).toBe(0);
      await expectNothingLeft(pid);
    });

    test("Ctrl-C ends it, and leaves nothing behind", async () => {
      workshop.write(firstFile, serverThatAfterwards(""));
      terminal = workshop.startInTerminal(["start"]);
      const pid = await serverAsked();
      terminal.press("\u0003");
      expect(await terminal.ended).toBe(130);
      expect(terminal.words).toMatch(/Stopped\. $/);
      await expectNothingLeft(pid);
    });

    test.skipIf(isWindows)(
      "the page's server and the process that waits for the next save go too, even when the watch is killed (Windows has no ps)",
      async () => {
        await start();
        await expect.poll(serversOf, patient).toHaveLength(2);
        const servers = serversOf();
        terminal.kill();
        await terminal.ended;
        for (const server of servers) await expectEnded(server);
      },
    );

    test.skipIf(isWindows).each([
      ["q", "q"],
      ["Ctrl-C", "\u0003"],
    ])(
      "%s gives the terminal back as it was (Windows has no stty)",
      async (_name, key) => {
        terminal = workshop.startProgramInTerminal("sh", [
          "-c",
          `"${process.execPath}" checks/workshop.mjs start; stty -a`,
        ]);
        await terminal.shows("q quit");
        terminal.press(key);
        await terminal.ended;
        expect(terminal.words).toMatch(/ icanon .+ echo /);
      },
    );
  });

  test.each<[string, string[], NodeJS.ProcessEnv]>([
    ["--plain", ["--plain"], {}],
    ["NO_COLOR", [], { NO_COLOR: "1" }],
    ["TERM=dumb", [], { TERM: "dumb" }],
  ])(
    "%s: words, no signs, no movement; the keys are there",
    async (_what, words, environment) => {
      terminal = workshop.startInTerminal(["start", ...words], environment);
      await terminal.shows("q quit");
      terminal.press("h");
      await terminal.shows("Hint 2 of 3");
      workshop.write(firstFile, solved);
      await terminal.shows(/Well done!.+q quit/);
      expect(terminal.words).toContain("not reached (stretch) GET /deeper");
      expect(terminal.words).toContain("passed GET /health answers 200");
      expect(terminal.written).not.toContain("\u001B");
      expect(terminal.written).not.toMatch(/[✓✗·★]/);
    },
  );
});

async function start(environment?: NodeJS.ProcessEnv): Promise<void> {
  terminal = workshop.startInTerminal(["start"], environment);
  await terminal.shows("q quit");
}

/** Resolves with the server's process id once it has been asked for something. */
async function serverAsked(): Promise<number> {
  await expect
    .poll(() => Number(workshop.read(pidFile)), patient)
    .toBeGreaterThan(0);
  return Number(workshop.read(pidFile));
}

/** The process ids of the servers that the watch has started, the waiting one included. */
function serversOf(): number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,command="], {
    encoding: "utf8",
  })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...words]) =>
        Number(parent) === terminal.pid && words.join(" ").includes(".server."),
    )
    .map(([pid]) => Number(pid));
}

async function expectEnded(pid: number): Promise<void> {
  await expect.poll(() => isRunning(pid), patient).toBe(false);
}

async function expectNothingLeft(server: number): Promise<void> {
  await expectEnded(server);
  expect(workshop.namesBeginning(".server.", lesson)).toEqual([]);
}
