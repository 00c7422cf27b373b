import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CheckWorld } from "./check-world.ts";
import { solutionFile } from "./lesson-files.ts";
import { RawClient } from "./raw-client.ts";
import { root } from "./repository.ts";
import { ServerProcess } from "./server-process.ts";
import { aString } from "./shape.ts";
import { Timeline } from "./timeline.ts";
import { Unmet } from "./unmet.ts";

let server: ServerProcess;
let world: CheckWorld;

beforeAll(async () => {
  const options = {
    entry: solutionFile("04-ask-and-answer"),
    timeline: new Timeline(),
  };
  server = await ServerProcess.start(options);
  world = new CheckWorld(server, options.timeline, options);
});
afterEach(() => world.end());
afterAll(() => server.stop());

describe("a client", () => {
  test("hears one event after another, each once", async () => {
    const alice = await world.client("Alice");
    for (const word of ["one", "two"]) alice.emit("echo", word);
    await alice.hears("echo:reply", { args: ["one"] });
    expect(await alice.hears("echo:reply", { args: [aString] })).toEqual({
      args: ["two"],
    });
  });

  test("says what it heard instead", async () => {
    const alice = await world.client("Alice");
    await alice.hears("welcome", {});
    await expect(alice.hears("echo:reply", {})).rejects.toMatchObject({
      expected: "Alice hears echo:reply {}",
      received: "Alice heard no echo:reply, only welcome",
    });
  });

  test("says what came in another shape", async () => {
    const alice = await world.client("Alice");
    alice.emit("echo", 1);
    const failure = await alice
      .hears("echo:reply", { args: ["1"] })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Unmet);
    expect(failure).toMatchObject({
      received: "echo:reply { args: [ 1 ] }",
      facts: { value: { args: [1] } },
    });
  });

  test.each(["polling", "websocket"] as const)(
    "has heard all that was sent before once it is settled (%s)",
    async (transport) => {
      const alice = await world.client("Alice", { transports: [transport] });
      for (let number = 0; number < 50; number++) alice.emit("echo", number);
      await alice.settled();
      expect(alice.heard("echo:reply")).toHaveLength(50);
    },
  );

  test("is not disturbed by being settled", async () => {
    const alice = await world.client("Alice");
    await alice.settled();
    await alice.settled();
    await alice.ask("time:get", [], { ok: true });
    expect(alice.heard().map(({ event }) => event)).toEqual(["welcome"]);
  });

  test("may ask for a moment of which no report tells", async () => {
    const alice = await world.client("Alice");
    const [beginning] = world.timeline.entries.slice(-1);
    await alice.hasAnswer("time:get");
    const told = world.timeline.since(beginning).map(({ text }) => text);
    expect(told.join()).not.toContain("time:get");
    await expect(alice.hasAnswer("nothing")).rejects.toMatchObject({
      expected: "nothing is acknowledged",
      received: "no acknowledgement",
    });
  });

  test("that is cut or leaves is gone for the others", async () => {
    const [alice, bob, carol] = await world.connect("Alice", "Bob", "Carol");
    bob.cut();
    await alice.hears("user:left", { online: 2 });
    carol.leave();
    await alice.hears("user:left", { online: 1 });
  });

  test("is refused with a reason", async () => {
    const gone = {
      ...server,
      url: "http://127.0.0.1:1",
      ping: () => server.ping(),
      died: server.died,
    };
    const nowhere = new CheckWorld(
      gone as unknown as ServerProcess,
      new Timeline(),
      { entry: "" },
    );
    await expect(nowhere.client("Alice")).rejects.toMatchObject({
      expected: "Alice can connect by websocket",
      received: expect.stringContaining("no connection"),
    });
  });
});

describe("a client that comes back", () => {
  const options = {
    entry: join(root, "checks", "kit", "samples", "recovers.ts"),
    timeline: new Timeline(),
  };
  let remembers: ServerProcess;
  let there: CheckWorld;

  beforeAll(async () => {
    remembers = await ServerProcess.start(options);
    there = new CheckWorld(remembers, options.timeline, options);
  });
  afterEach(() => there.end());
  afterAll(() => remembers.stop());

  const auth = { token: "good" };

  test("is the same after a cut, and hears what was said meanwhile", async () => {
    const [alice, bob] = [
      await there.client("Alice", { auth }),
      await there.client("Bob", { auth }),
    ];
    const { id } = bob;
    await bob.hears("welcome", {});
    bob.cut();
    await alice.hears("gone", { id });
    alice.emit("say", { text: "one" });
    alice.emit("say", { text: "two" });
    await alice.settled();
    await bob.reconnect();
    expect(bob.socket.recovered).toBe(true);
    expect(bob.id).toBe(id);
    await bob.settled();
    expect(bob.heard("said").map(({ args: [said] }) => said)).toEqual([
      { text: "one" },
      { text: "two" },
    ]);
  });

  test("is another one after it has left", async () => {
    const alice = await there.client("Alice", { auth });
    const { id } = alice;
    await alice.hears("welcome", {});
    alice.leave();
    await alice.reconnect();
    expect(alice.socket.recovered).toBe(false);
    expect(alice.id).not.toBe(id);
  });

  test("brings what it is given, and may be refused", async () => {
    const alice = await there.client("Alice", { auth });
    alice.cut();
    expect(await alice.knockAgain({ auth: { token: "bad" } })).toMatchObject({
      message: "unauthorized",
    });
    await expect(alice.reconnect()).rejects.toMatchObject({
      expected: "Alice can connect again",
      received: "no connection: unauthorized",
    });
    await alice.reconnect({ auth });
  });

  test("finds a server that was started anew on its port", async () => {
    const first = await there.another({});
    const alice = await first.client("Alice", { auth });
    await first.server.stop();
    const { server } = await there.another({ port: first.server.port });
    await alice.reconnect({ server });
    await alice.ask("late", [0], "late");
  });

  test("does not show in a report what Socket.IO adds to an event", async () => {
    const alice = await there.client("Alice", { auth });
    await expect(alice.hears("welcome", { id: "other" })).rejects.toMatchObject(
      { received: `welcome { id: '${alice.id}' }` },
    );
  });

  test("sends again what is not acknowledged in time", async () => {
    const impatient = { auth, retries: 1, ackTimeout: 50 };
    const alice = await there.client("Alice", impatient);
    expect(await alice.ask("late", [0], "late")).toBe("late");
    await alice.ask("once-late", [], "second");
    await expect(alice.ask("late", [60_000], "late")).rejects.toMatchObject({
      received: "no acknowledgement: operation has timed out",
    });
  });
});

describe("an audience", () => {
  test("is right when the right ones hear it once", async () => {
    const [alice, bob, carol] = await world.connect("Alice", "Bob", "Carol");
    alice.emit("score:set", { home: 1, away: 0 });
    await world.audience("score:updated", [bob, carol], { home: 1, away: 0 });
  });

  test.each([
    ["one too many", ["Bob"], "heard by Bob and Carol"],
    ["one too few", ["Alice", "Bob", "Carol"], "heard by Bob and Carol"],
    ["nobody should", [], "heard by Bob and Carol"],
  ])("is wrong: %s", async (_, names, received) => {
    const clients = await world.connect("Alice", "Bob", "Carol");
    clients[0].emit("score:set", { home: 1, away: 0 });
    const hearers = clients.filter(({ name }) => names.includes(name));
    await expect(
      world.audience("score:updated", hearers, {}),
    ).rejects.toMatchObject({
      received,
      facts: { heardBy: ["Bob", "Carol"] },
    });
  });
});

describe("a raw client", () => {
  test("shakes hands, enters and polls when it is told to", async () => {
    const raw = await world.rawClient();
    expect(raw.upgrades).toEqual(["websocket"]);
    await raw.send("40");
    const packets = await raw.poll();
    expect(packets[0]).toMatch(/^40\{"sid":"[^"]+"\}$/);
    expect(packets.join()).toContain('42["welcome",');
  });

  test("does not get what is volatile, as it cannot be sent to between two polls", async () => {
    const sample = await ServerProcess.start({
      entry: join(root, "checks", "kit", "samples", "volatile.ts"),
    });
    try {
      const raw = await RawClient.open(sample, new Timeline());
      await raw.send("40");
      await raw.poll();
      await raw.send('42["type"]');
      expect(await raw.poll()).toEqual(['42["typed"]']);
    } finally {
      await sample.stop();
    }
  });
});
