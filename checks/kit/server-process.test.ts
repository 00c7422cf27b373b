import { getEventListeners } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { CheckRun } from "./check-run.ts";
import {
  BinaryOutput,
  CrashedDuringCheck,
  CrashedWhileStarting,
  EmptyServerFile,
  EventLoopBlocked,
  ExitedWithoutListening,
  type Fault,
  IgnoredSigterm,
  LeftChildren,
  LeftOpen,
  MemoryWithoutBound,
  NeverListened,
  NoServerFile,
  PortTaken,
  PrintedWithoutEnd,
  RequestNeverAnswered,
  StoppedDuringCheck,
  SyntaxFault,
  TypeFault,
  UnexpectedHealth,
  UnhandledRejection,
  WrongPort,
} from "./faults.ts";
import type { Lesson, World } from "./lesson.ts";
import { isRunning } from "./processes.ts";
import { root } from "./repository.ts";
import { ServerProcess } from "./server-process.ts";
import { assertHealthy } from "./still-alive.ts";
import { anything } from "./shape.ts";
import { typeFaults } from "./type-check.ts";

/** Every server that a test has started, so that what is left of it can be looked for. */
const started: ServerProcess[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) {
    await server.stop();
    await expect
      .poll(() => processesOf(server), { message: "processes left" })
      .toEqual([]);
    await expect
      .poll(() => isFree(server.port), { message: "port free" })
      .toBe(true);
  }
});

describe("a server that does not start", () => {
  test.each<[string, new (...values: never[]) => Fault, RegExp]>([
    [
      "no-such-file",
      NoServerFile,
      /There is no file checks\/kit\/samples\/no-such-file\.ts/,
    ],
    ["empty", EmptyServerFile, /empty\.ts is empty/],
    [
      "syntax-error",
      SyntaxFault,
      /syntax-error\.ts:4:22 cannot be read: Expected "\)" but found ";"/,
    ],
    [
      "throws-at-start",
      CrashedWhileStarting,
      /TypeError: Cannot read properties of undefined/,
    ],
    [
      "wrong-import",
      CrashedWhileStarting,
      /does not provide an export named 'Servr'/,
    ],
    ["exits-at-once", ExitedWithoutListening, /exit code 0/],
    ["never-listens", NeverListened, /does not listen on any port/],
    ["fixed-port", WrongPort, /listens on port 39217, but PORT=\d+ was given/],
    ["blocks-at-start", EventLoopBlocked, /event loop does not turn/],
  ])("%s", async (name, kind, message) => {
    const fault = await faultOf(start(name));
    expect(fault).toBeInstanceOf(kind);
    expect(fault.message).toMatch(message);
    expect(fault.hint).not.toBe("");
  });

  test("its own line is named, with the file it wrote, not the compiled one", async () => {
    const fault = await faultOf(start("throws-at-start"));
    expect(fault.where).toBe("checks/kit/samples/throws-at-start.ts:8");
  });

  test("a syntax error is shown with its line and a caret below the place", async () => {
    const fault = await faultOf(start("syntax-error"));
    expect(fault.output).toEqual(
      ['4 |   response.end("fine";', "                        ^"].map((line) =>
        expect.stringMatching(line.trim() === "^" ? /^ +\^$/ : /^4 \|/),
      ),
    );
  });

  test("another program has its fixed port", async () => {
    const other = createServer();
    await new Promise<void>((resolve) =>
      other.listen(39_217, "127.0.0.1", resolve),
    );
    try {
      const fault = await faultOf(start("fixed-port"));
      expect(fault).toBeInstanceOf(PortTaken);
      expect(fault.message).toContain("which another program already uses");
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });
});

describe("a server that fails while it is talked to", () => {
  test.each<[string, new (...values: never[]) => Fault, string | undefined]>([
    ["crashes", CrashedDuringCheck, "checks/kit/samples/crashes.ts:12"],
    ["rejects", UnhandledRejection, "checks/kit/samples/rejects.ts:10"],
    ["stops-itself", StoppedDuringCheck, undefined],
    ["blocks", EventLoopBlocked, undefined],
    ["prints", PrintedWithoutEnd, undefined],
    ["grows", MemoryWithoutBound, undefined],
    ["listens-twice", PortTaken, undefined],
  ])("%s", async (name, kind, where) => {
    const { result, fault } = await checkWith(name, async ({ client }) => {
      const alice = await client("Alice");
      alice.emit("boom", null);
      await alice.hears("an event that never comes", anything);
    });
    expect(fault).toBe(new kind(...([] as never[])).kind);
    expect(result.requirements[0]).toMatchObject({
      id: "talk",
      status: "failed",
    });
    expect(result.server.where).toBe(where ?? null);
  });

  test("what the check had done is told", async () => {
    const { result } = await checkWith("prints", async ({ client }) => {
      const alice = await client("Alice");
      alice.emit("boom", { loud: true });
      await alice.hears("an event that never comes", anything);
    });
    expect(result.requirements[0]?.did).toBe(
      "Alice connected; Alice sent boom { loud: true }",
    );
  });

  test("the last lines it printed are kept", async () => {
    const { result } = await checkWith("crashes", async ({ client }) => {
      const alice = await client("Alice");
      alice.emit("boom", null);
      await alice.hears("hello", anything);
    });
    expect(result.server.output).toContain("about to greet");
    expect(result.server.exit).toEqual({ code: 1, signal: null });
  });

  test("a route that never answers", async () => {
    const { result, fault } = await checkWith(
      "never-answers",
      async ({ request }) => {
        await request("/health");
      },
    );
    expect(fault).toBe(new RequestNeverAnswered("", { output: [] }).kind);
    expect(result.server.output).toEqual(["thinking"]);
  });

  test("/health answers something else", async () => {
    const { result, fault } = await checkWith("sick", assertHealthy);
    expect(fault).toBe(new UnexpectedHealth("", { output: [] }).kind);
    expect(result.requirements[0]?.received).toBe(
      "GET /health answered 503 not today.",
    );
  });

  test("binary noise on its console is named and shown as dots", async () => {
    const { result } = await checkWith("binary", async ({ client, settle }) => {
      const alice = await client("Alice");
      alice.emit("boom");
      await settle();
      await alice.hears("an event that never comes", anything);
    });
    expect(result.server.notices).toEqual([
      {
        kind: new BinaryOutput().kind,
        message: expect.stringContaining("no text"),
      },
    ]);
    expect(result.server.output.join("\n")).toMatch(/^[·\w]+\n·red$/);
  });
});

describe.skipIf(process.platform === "win32")(
  "a server that is asked to end (Windows has no SIGTERM)",
  () => {
    test.each<[string, new (...values: never[]) => Fault, RegExp]>([
      [
        "ignores-sigterm",
        IgnoredSigterm,
        /did not end within 0\.4 s after SIGTERM/,
      ],
      ["leaves-a-timer", LeftOpen, /still has a timer open/],
      ["leaves-a-socket", LeftOpen, /still has a connection open/],
      ["leaves-a-child", LeftChildren, /left a process behind/],
    ])("%s", async (name, kind, message) => {
      const server = await start(name);
      const { fault } = await server.stop(
        "SIGTERM",
        name === "leaves-a-child" ? 5_000 : 400,
      );
      expect(fault).toBeInstanceOf(kind);
      expect(fault?.message).toMatch(message);
    });

    test("one that ends well has no fault", async () => {
      const server = await start("well");
      expect(await server.stop("SIGTERM", 10_000)).toEqual({
        code: 0,
        signal: null,
        fault: null,
      });
    });
  },
);

test("a server that has ended no longer listens to the signal that could have ended it", async () => {
  const { signal } = new AbortController();
  const server = await start("well", signal);
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  await server.stop();
  await expect.poll(() => getEventListeners(signal, "abort")).toHaveLength(0);
});

test("what TypeScript objects to is told beside a failure", async () => {
  expect(await typeFaults([entryOf("type-error")])).toEqual([
    expect.any(TypeFault),
    expect.any(TypeFault),
  ]);
  const { result } = await checkWith("type-error", assertHealthy);
  expect(result.server.notices).toEqual([
    {
      kind: "type-error",
      message: expect.stringContaining("checks/kit/samples/type-error.ts:6"),
    },
  ]);
});

test("children of a server end with it", async () => {
  const server = await start("leaves-a-child");
  const [child] = server.children;
  expect(child).toBeDefined();
  await server.stop();
  await expect.poll(() => isRunning(child ?? 0)).toBe(false);
});

// ---- helpers

function entryOf(name: string): string {
  return join(root, "checks", "kit", "samples", `${name}.ts`);
}

function start(name: string, signal?: AbortSignal): Promise<ServerProcess> {
  return ServerProcess.start({
    entry: entryOf(name),
    signal,
    onSpawn: (server) => started.push(server),
  });
}

async function faultOf(starting: Promise<unknown>): Promise<Fault> {
  return (await starting.then(
    () => new Error("It started."),
    (error: unknown) => error,
  )) as Fault;
}

/** Runs one requirement against a broken server, as a lesson would. */
async function checkWith(name: string, check: (world: World) => Promise<void>) {
  const lesson: Lesson = {
    name: "01-one-server",
    requirements: [
      {
        id: "talk",
        title: "It can be talked to",
        kind: "base",
        hints: ["one", "two", "three"],
        check: async (world) => {
          started.push(world.server);
          await check(world);
        },
      },
    ],
  };
  const run = new CheckRun(lesson, { entry: entryOf(name) });
  for (const requirement of lesson.requirements) await run.judge(requirement);
  const result = await run.end();
  return { result, fault: result.server.fault };
}

/** What is left of a server and of what it started. */
function processesOf({ pid, children }: ServerProcess): number[] {
  return [...(pid !== undefined && isRunning(pid) ? [pid] : []), ...children];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
