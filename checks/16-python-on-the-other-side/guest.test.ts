import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../kit/client.ts";
import { type Database, openDatabase } from "../kit/database.ts";
import { solutionFile } from "../kit/lesson-files.ts";
import { type Python, findPython } from "../kit/python.ts";
import { root } from "../kit/repository.ts";
import { ServerProcess } from "../kit/server-process.ts";
import { aString } from "../kit/shape.ts";
import { Timeline } from "../kit/timeline.ts";
import { gatekeepers, tokenOf } from "../kit/tokens.ts";

// What the lesson says of a client in Python, with the server of lesson 12. That one recovers lost
// connections, and so puts a text behind every event: a handler in Python has to have a place for it.

const python = await findPython().then(
  (found) => (hasRequests(found) ? found : undefined),
  () => undefined,
);

let database: Database;
let server: ServerProcess;
beforeAll(async () => {
  database = await openDatabase({ replicaSet: true });
  server = await ServerProcess.start({
    entry: solutionFile("12-nothing-missed"),
    env: {
      ...gatekeepers.env,
      MONGODB_URI: database.uri,
      MONGODB_DB: database.fresh().name,
      PUBLIC_DIR: join(root, "lessons", "public"),
    },
    readyWithin: 5_000,
  });
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** Lets a guest in Python hear one message of Alice's. */
async function whatComesOf(manner: "one" | "any"): Promise<unknown> {
  const guest = startGuest(manner);
  const told = createInterface({
    input: guest.stdout as NodeJS.ReadableStream,
  })[Symbol.asyncIterator]();
  const next = async () =>
    JSON.parse(String((await told.next()).value)) as unknown;
  try {
    expect(await next()).toMatchObject({ joined: { ok: true, room: "tea" } });
    const alice = await Client.connect("Alice", server, new Timeline(), {
      auth: { token: tokenOf("Alice") },
    });
    await alice.ask("room:join", [{ room: "tea" }], { ok: true });
    const sent = { room: "tea", text: "good morning" };
    await alice.ask("message:send", [sent], { ok: true, id: aString });
    alice.close();
    return await next();
  } finally {
    guest.kill();
  }
}

function startGuest(manner: string): ChildProcess {
  const { command, args } = python ?? { command: "", args: [] };
  const program = join(import.meta.dirname, "guest.py");
  return spawn(
    command,
    [...args, "-B", program, server.url, tokenOf("Bob"), manner],
    { stdio: ["pipe", "pipe", "inherit"], windowsHide: true },
  );
}

describe.skipIf(python === undefined)(
  "a guest in Python (for this, Flask-SocketIO and requests have to be installed)",
  () => {
    test("hears a server in Node, if its handler takes what may come behind", async () => {
      expect(await whatComesOf("any")).toEqual({ heard: "good morning" });
    });

    test("loses the event, if its handler takes one argument, and the server lives", async () => {
      expect(await whatComesOf("one")).toEqual({
        error: expect.stringContaining(
          "takes 1 positional argument but 2 were given",
        ),
      });
      await server.ping();
    });
  },
);

/** python-socketio's client speaks HTTP by this package, and does not bring it. */
function hasRequests({ command, args }: Python): boolean {
  return spawnSync(command, [...args, "-c", "import requests"]).status === 0;
}
