import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { MongoClient } from "mongodb";
import { afterEach, beforeAll, describe, expect, test } from "vitest";

let main: string;
beforeAll(async () => {
  const { compileAhead } = (await import(
    new URL("../compile-ahead.mjs", import.meta.url).href
  )) as {
    compileAhead(): Promise<(source: string) => string>;
  };
  main = fileURLToPath((await compileAhead())("checks/mongod/main.ts"));
});

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

interface LogLine {
  msg: string;
  attr: Record<string, unknown>;
}

/** Starts the engine as a program and reads its log. */
function start(...words: string[]) {
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const lines: LogLine[] = [];
  let errors = "";
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) lines.push(JSON.parse(line) as LogLine);
    for (const look of waiting) look();
  });
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return {
    child,
    lines,
    errors: () => errors,
    exit: once(child, "exit").then(([code]) => code as number | null),
    /** Resolves with the first line of the log with that message. */
    line: (message: string) =>
      new Promise<LogLine>((resolve) => {
        const look = () => {
          const found = lines.find(({ msg }) => msg === message);
          if (found) resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

async function portOf(engine: ReturnType<typeof start>) {
  return (await engine.line("Waiting for connections")).attr.port as number;
}

async function connected<T>(
  port: number,
  work: (client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(
    `mongodb://127.0.0.1:${port}/?directConnection=true`,
  );
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe("the program", () => {
  test("says its version as mongod does", async () => {
    const child = spawn(process.execPath, [main, "--version"]);
    const [output] = (await once(child.stdout, "data")) as [Buffer];
    expect(output.toString()).toMatch(/^db version v\d+\.\d+\.\d+$/m);
  });

  test.each([
    [["--nope"], "unrecognised option '--nope'"],
    [["--port"], "--port needs a value"],
    [["--port", "x"], "Invalid --port x"],
    [["--auth"], "has no users"],
    [["--tlsMode", "requireTLS"], "speaks no TLS"],
    [["--storageEngine", "inMemory"], "only wiredTiger"],
  ])("%j: exit code 2 and a sentence", async (words, sentence) => {
    const engine = start(...words);
    expect(await engine.exit).toBe(2);
    expect(engine.errors()).toContain(sentence);
  });

  test
    .skipIf(process.platform === "win32")
    .each(["SIGINT", "SIGTERM"] as const)(
    "ends with 0 at %s, clients or not",
    async (signal) => {
      const engine = start("--port", "0");
      const port = await portOf(engine);
      await connected(port, async (client) => {
        await client.db("x").collection("x").insertOne({});
        engine.child.kill(signal);
        expect(await engine.exit).toBe(0);
      });
    },
  );

  test("ends with 0 at the command shutdown", async () => {
    const engine = start("--port", "0");
    const port = await portOf(engine);
    await connected(port, async (client) => {
      await expect(
        client.db("admin").command({ shutdown: 1 }),
      ).rejects.toThrow();
    });
    expect(await engine.exit).toBe(0);
  });

  test("says that its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const engine = start("--port", String(port));
    expect(await engine.exit).toBe(48);
    expect(engine.lines.map(({ msg }) => msg).join()).toContain(
      "Address already in use",
    );
    other.close();
  });

  test("says that its folder is missing", async () => {
    const engine = start("--port", "0", "--dbpath", "/no/such/folder");
    expect(await engine.exit).toBe(100);
    expect(engine.lines[0]).toMatchObject({
      msg: "DBException in initAndListen, terminating",
      attr: { error: expect.stringContaining("/no/such/folder") },
    });
  });

  test("becomes a replica set when it is told to", async () => {
    const engine = start("--port", "0", "--replSet", "rs0");
    const port = await portOf(engine);
    await connected(port, async (client) => {
      const admin = client.db("admin");
      expect(await admin.command({ hello: 1 })).toMatchObject({
        isWritablePrimary: false,
      });
      const members = [0, 1, 2].map((_id) => ({
        _id,
        host: `127.0.0.1:${port + _id}`,
      }));
      await expect(
        admin.command({ replSetInitiate: { _id: "rs0", members } }),
      ).rejects.toMatchObject({ code: 93 });
      await admin.command({ replSetInitiate: {} });
      await expect(
        admin.command({ replSetInitiate: {} }),
      ).rejects.toMatchObject({ code: 23 });
      expect(await admin.command({ hello: 1 })).toMatchObject({
        isWritablePrimary: true,
        setName: "rs0",
      });
    });
    await engine.line(
      "transition to primary complete; database writes are now permitted",
    );
  });

  test.skipIf(process.platform === "win32")(
    "ends when its parent was killed",
    async () => {
      const script = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, [${JSON.stringify(main)}, "--port", "0", "--exitWithParent"], { stdio: ["ignore", "inherit", "ignore"] });
      console.log(JSON.stringify({ msg: "child", attr: { pid: child.pid } }));
    `;
      const parent = spawn(process.execPath, ["-e", script], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const lines = createInterface({ input: parent.stdout });
      let pid = 0;
      for await (const line of lines) {
        const { msg, attr } = JSON.parse(line) as LogLine;
        if (msg === "child") pid = Number(attr.pid);
        if (msg === "Waiting for connections") break;
      }
      parent.kill("SIGKILL");
      await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
