import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import oneServer from "../01-one-server/check.ts";
import { runCheck } from "./check-run.ts";
import type { Lesson } from "./lesson.ts";
import { isRunning } from "./processes.ts";
import { root } from "./repository.ts";
import type { Result } from "./result.ts";
import { ServerProcess } from "./server-process.ts";
import { anything } from "./shape.ts";
import { ServersAhead, WaitingServer } from "./waiting-server.ts";

const samples = join(root, "checks", "kit", "samples");
const sample = (name: string) => join(samples, `${name}.ts`);

const servers: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** Samples that are stopped once they have done too much, which takes a slow machine a while. */
const slow = ["prints", "grows"];

/** Shows whatever is wrong with a sample as a process. */
function lessonFor(name: string): Lesson {
  const patience = slow.includes(name) ? 15_000 : 400;
  return {
    name: "01-one-server",
    requirements: [
      {
        id: "talk",
        title: "It can be talked to",
        kind: "base",
        hints: ["one", "two", "three"],
        check: async ({ client }) => {
          const alice = await client("Alice");
          alice.emit("boom", null);
          await alice.hears("an event that never comes", anything, patience);
        },
      },
    ],
  };
}

const libraries = ["express", "socket.io"];

function startAhead(entry: string): ServersAhead {
  const ahead = new ServersAhead(entry, libraries);
  ahead.begin();
  servers.push({ stop: () => ahead.end() });
  return ahead;
}

test("a server sees the same as in a process of its own", async () => {
  const entry = sample("what-it-sees");
  const env = { LESSON: "1" };
  const seen = [];
  for (const ahead of [undefined, startAhead(entry)]) {
    const server = await ServerProcess.start({ entry, env, ahead });
    servers.push(server);
    const response = await fetch(server.url);
    const text = await response.text();
    seen.push(
      JSON.parse(
        text
          .replaceAll(String(server.port), "‹port›")
          .replaceAll(/\.server\.\d+\.\w+/g, "‹compiled›"),
      ) as object,
    );
  }
  expect(seen[0]).toMatchObject({
    first: { env: { LESSON: "1", PORT: "‹port›" } },
  });
  expect(seen[1]).toEqual(seen[0]);
});

/** Samples whose file is not even compiled, so that no process is needed for them. */
const unreadable = ["empty", "syntax-error"];

describe.concurrent("whatever is wrong is named in the same way", () => {
  test.each(everySample())("%s", async (name) => {
    const entry = sample(name);
    const ahead = new ServersAhead(entry, libraries);
    ahead.begin();
    const lesson = lessonFor(name);
    const options = { entry, typeCheck: false };
    const cold = await runCheck(lesson, options);
    const warm = await runCheck(lesson, { ...options, ahead });
    expect(ahead.pids).toHaveLength(unreadable.includes(name) ? 1 : 0);
    ahead.end();
    expect(comparable(warm)).toEqual(comparable(cold));
  });
});

test.concurrent.each([
  "solutions/01-one-server/server.ts",
  "checks/01-one-server/starter.ts",
  "checks/01-one-server/wrong/welcome-to-everyone.ts",
  "checks/01-one-server/wrong/fixed-port.ts",
])("a real lesson has the same verdict: %s", async (file) => {
  const entry = join(root, file);
  const ahead = new ServersAhead(entry, libraries);
  ahead.begin();
  const warm = await runCheck(oneServer, { entry, ahead });
  ahead.end();
  expect(comparable(warm)).toEqual(
    comparable(await runCheck(oneServer, { entry })),
  );
});

test("one process serves one server; a further one is started the other way", async () => {
  const entry = sample("well");
  const ahead = startAhead(entry);
  const [waiting] = ahead.pids;
  const pids = [];
  for (let count = 0; count < 2; count++) {
    const server = await ServerProcess.start({ entry, ahead });
    servers.push(server);
    pids.push(server.pid);
  }
  expect(pids[0]).toBe(waiting);
  expect(pids[1]).not.toBe(waiting);
});

test("afterwards as many wait as were needed", async () => {
  const entry = sample("well");
  const ahead = startAhead(entry);
  for (let count = 0; count < 3; count++)
    servers.push(await ServerProcess.start({ entry, ahead }));
  ahead.refill();
  expect(ahead.pids).toHaveLength(3);
});

test("a file that cannot be read uses none up", async () => {
  const entry = sample("syntax-error");
  const ahead = startAhead(entry);
  const { pids } = ahead;
  await expect(ServerProcess.start({ entry, ahead })).rejects.toThrow(
    "cannot be read",
  );
  expect(ahead.pids).toEqual(pids);
});

test("another file is not what they wait for", () => {
  const ahead = startAhead(sample("well"));
  expect(ahead.take(sample("sick"))).toBeUndefined();
  expect(ahead.pids).toHaveLength(1);
});

test("one that has died is not counted on", async () => {
  const entry = sample("well");
  const ahead = startAhead(entry);
  const [pid = 0] = ahead.pids;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isRunning(pid)).toBe(false);
  const server = await ServerProcess.start({ entry, ahead });
  servers.push(server);
  expect(server.pid).not.toBe(pid);
});

test("the end leaves nothing behind, also of one that is in somebody's hands", async () => {
  const entry = sample("well");
  const ahead = startAhead(entry);
  ahead.refill();
  const { pids } = ahead;
  const waiting = ahead.take(entry);
  expect(waiting).toBeInstanceOf(WaitingServer);
  ahead.end();
  if (waiting !== undefined) ahead.putBack(waiting);
  for (const pid of pids) await expect.poll(() => isRunning(pid)).toBe(false);
  expect(existsSync(waiting?.compiled ?? "")).toBe(false);
});

function everySample(): string[] {
  return readdirSync(samples).flatMap(
    (file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? [],
  );
}

/** Without what differs from run to run: ports, names of compiled files, times. */
function comparable({ verdict, requirements, server }: Result) {
  const judged = requirements.map((requirement) => ({ ...requirement, ms: 0 }));
  // Where a server was stopped, its last line may be cut off.
  const output = server.output.slice(0, -1);
  return JSON.parse(
    JSON.stringify({ verdict, judged, server: { ...server, output } })
      .replaceAll(/\b\d{4,5}\b/g, "‹number›")
      .replaceAll(/\d+ MiB|\d+\.\d s\b/g, "‹amount›")
      .replaceAll(/\.server\.\d+\.\w+/g, "‹compiled›"),
  ) as object;
}
