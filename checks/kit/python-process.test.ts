import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { isRunning } from "./processes.ts";
import { findPython } from "./python.ts";
import { root } from "./repository.ts";
import { ServerProcess } from "./server-process.ts";

const hasPython = await findPython().then(
  () => true,
  () => false,
);
const wrong = (name: string) =>
  join(root, "checks", "16-python-on-the-other-side", "wrong", name);

/** On a desk Python may be missing; where changes are let in it must not be. */
describe.skipIf(!hasPython && !process.env.CI)("a server in Python", () => {
  const servers: ServerProcess[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  async function start(entry: string): Promise<ServerProcess> {
    const server = await ServerProcess.start({ entry });
    servers.push(server);
    return server;
  }

  test("answers, has its turns, and is gone when it is stopped", async () => {
    const solution = join(root, "solutions", "16-python-on-the-other-side");
    const server = await start(join(solution, "server.py"));
    const answer = await fetch(`${server.url}/health`);
    expect(await answer.json()).toEqual({ ok: true });
    await server.ping();
    await server.stop();
    expect(isRunning(server.pid ?? 0)).toBe(false);
  });

  test("that crashes is named, with the line in its own file", async () => {
    await expect(start(wrong("does-not-start.py"))).rejects.toMatchObject({
      kind: "crashed-while-starting",
      where: expect.stringMatching(/wrong\/does-not-start\.py:\d+$/),
    });
  });

  test("that cannot be read is named, with the line", async () => {
    await expect(start(wrong("not-python.py"))).rejects.toMatchObject({
      message: expect.stringContaining("SyntaxError: expected ':'"),
      where: expect.stringMatching(/wrong\/not-python\.py:\d+$/),
    });
  });

  test("that listens elsewhere is named", async () => {
    await expect(start(wrong("fixed-port.py"))).rejects.toMatchObject({
      kind: "wrong-port",
    });
  });

  test("that is missing is named", async () => {
    await expect(start(wrong("nowhere.py"))).rejects.toMatchObject({
      kind: "no-server-file",
    });
  });
});
