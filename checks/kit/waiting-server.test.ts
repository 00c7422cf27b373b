import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { runCheck, startAhead } from "./check-run.ts";
import type { Lesson } from "./lesson.ts";
import { isRunning } from "./processes.ts";
import { root } from "./repository.ts";
import type { Result } from "./result.ts";
import { ServerProcess } from "./server-process.ts";
import { anything } from "./shape.ts";
import { WaitingServer } from "./waiting-server.ts";

const samples = join(root, "checks", "kit", "samples");
const sample = (name: string) => join(samples, `${name}.ts`);

const servers: { stop(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** Something that shows whatever is wrong with a server as a process. */
const lesson: Lesson = {
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
        await alice.hears("an event that never comes", anything);
      },
    },
  ],
};

function startedAhead(entry: string): WaitingServer {
  const waiting = new WaitingServer(entry, samples, ["express", "socket.io"]);
  servers.push({ stop: () => waiting.end() });
  return waiting;
}

test("a server sees the same as in a process of its own", async () => {
  const entry = sample("what-it-sees");
  const env = { LESSON: "1" };
  const seen = [];
  for (const waiting of [undefined, startedAhead(entry)]) {
    const server = await ServerProcess.start({ entry, env, waiting });
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
  test.each(readdirSync(samples).map((file) => file.replace(/\.ts$/, "")))(
    "%s",
    async (name) => {
      const entry = sample(name);
      const waiting = startAhead(lesson, { entry });
      const options = { entry, typeCheck: false };
      const cold = await runCheck(lesson, options);
      const warm = await runCheck(lesson, { ...options, waiting });
      expect(waiting.isWaiting).toBe(unreadable.includes(name));
      waiting.end();
      expect(comparable(warm)).toEqual(comparable(cold));
    },
  );
});

test("one process serves one server; a further one is started the other way", async () => {
  const entry = sample("well");
  const waiting = startedAhead(entry);
  const first = await ServerProcess.start({ entry, waiting });
  servers.push(first);
  expect(waiting.isWaiting).toBe(false);
  const second = await ServerProcess.start({ entry, waiting });
  servers.push(second);
  expect(second.pid).not.toBe(first.pid);
});

test("a file that cannot be read uses none up", async () => {
  const entry = sample("syntax-error");
  const waiting = startedAhead(entry);
  await expect(ServerProcess.start({ entry, waiting })).rejects.toThrow(
    "cannot be read",
  );
  expect(waiting.isWaiting).toBe(true);
});

test("another file, and another folder to run in, are not what it waits for", () => {
  const waiting = startedAhead(sample("well"));
  const folder = join(root, "lessons", lesson.name);
  expect(waiting.fits(sample("well"), samples)).toBe(true);
  expect(waiting.fits(sample("well"), folder)).toBe(false);
  expect(waiting.fits(sample("sick"), samples)).toBe(false);
});

test("one that has died is not counted on", async () => {
  const entry = sample("well");
  const waiting = startedAhead(entry);
  process.kill(waiting.pid ?? 0, "SIGKILL");
  await expect.poll(() => waiting.isWaiting).toBe(false);
  const server = await ServerProcess.start({ entry, waiting });
  servers.push(server);
  expect(server.pid).not.toBe(waiting.pid);
});

test("one that is not needed leaves nothing behind", async () => {
  const waiting = startedAhead(sample("well"));
  waiting.end();
  await expect.poll(() => isRunning(waiting.pid ?? 0)).toBe(false);
  expect(existsSync(waiting.compiled)).toBe(false);
});

/** Without what differs from run to run: ports, names of compiled files, times. */
function comparable({ verdict, requirements, server }: Result) {
  const judged = requirements.map((requirement) => ({ ...requirement, ms: 0 }));
  return JSON.parse(
    JSON.stringify({ verdict, judged, server })
      .replaceAll(/\b\d{4,5}\b/g, "‹number›")
      .replaceAll(/\d+ MiB|\d+\.\d s\b/g, "‹amount›")
      .replaceAll(/\.server\.\d+\.\w+/g, "‹compiled›"),
  ) as object;
}
