import { type Server as NetServer, createServer } from "node:net";
import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
  vi,
} from "vitest";
import { isRunning } from "../checks/kit/processes.ts";
import { noPseudoTerminal } from "../checks/commands/fixture/pseudo-terminal.ts";
import type { Onlooker } from "./fixture/onlooker.ts";
import { PlaygroundCopy } from "./fixture/playground-copy.ts";

// The command as a learner starts it, looked at through its connection. What the page shows of it is
// the business of browser.test.ts.

const CHAT = "03-who-hears-it";
const FIRST = "01-one-server";

const STORE = "09-store-then-tell";
const TLS = "13-your-own-authority";

const copy = new PlaygroundCopy(FIRST, "02-emit-and-listen", CHAT, STORE, TLS);
afterAll(() => copy.end());

/** Each is there as long as its server's process. */
const compiledServers = (lesson: string) =>
  copy.workshop.namesBeginning(".server.", `lessons/${lesson}`);

/** A server that does this with each socket. */
const serverWith = (code: string) => `import { createServer } from "node:http";
import { Server } from "socket.io";
const http = createServer();
const io = new Server(http, { connectionStateRecovery: {} });
io.on("connection", (socket) => {
  socket.emit("welcome", {});
  ${code}
});
http.listen(Number(process.env.PORT), "127.0.0.1");
`;

describe("a lesson", () => {
  let page: Onlooker;
  beforeAll(async () => {
    page = await copy.open("03");
  });
  afterEach(async () => {
    for (const { name } of page.state.clients)
      await page.ask("client:remove", { name });
    await page.ask("wire:clear");
    expect(page.gaps).toEqual([]);
  });
  afterAll(() => copy.stop());

  const add = async (...names: string[]) => {
    for (const name of names)
      expect(await page.ask("client:add", { name })).toEqual({ ok: true });
    return page.until(`${names.join(", ")} connected`, ({ clients }) =>
      names.every((name) =>
        clients.some(
          ({ name: own, status, transport, via }) =>
            own === name &&
            status === "connected" &&
            // One that is being upgraded soon changes its transport.
            (transport === "polling" || via === "websocket"),
        ),
      ),
    );
  };
  const say = (from: string, text: string) =>
    page.ask("client:emit", {
      from,
      event: "chat:say",
      args: [JSON.stringify({ text })],
      withAck: false,
    });

  test("opens with its text, its requirements, and its server running", async () => {
    const { lesson, lessons } = page.state;
    expect(lesson).toMatchObject({ number: "03", tried: false });
    expect(lesson.readme).toContain("# 03 Who hears it?");
    expect(lesson.files).toEqual([
      { name: "server.ts", path: `lessons/${CHAT}/server.ts` },
    ]);
    expect(lessons.map(({ number }) => number)).toEqual([
      "01",
      "02",
      "03",
      "09",
      "13",
    ]);
    const { server } = await page.until(
      "the starter runs",
      ({ server: { status } }) => status === "running",
    );
    expect(server).toMatchObject({ starts: 1, fault: null });
    const { check } = await page.until(
      "the first verdict",
      ({ check: { verdict } }) => verdict !== null,
    );
    expect(check.verdict).toBe("not-yet");
    expect(check.requirements[0]).toMatchObject({
      status: "failed",
      hasPicture: true,
    });
    expect(check.requirements[1]?.status).toBe("skipped");
  });

  test("a save starts the server anew and checks it, and a pass is kept", async () => {
    copy.solve(CHAT);
    const { check, server } = await page.until(
      "the lesson is passed",
      ({ check: { verdict, running } }) => verdict === "passed" && !running,
    );
    expect(check.requirements.map(({ status }) => status)).not.toContain(
      "failed",
    );
    expect(server.url).not.toBeNull();
    const { lessons } = await page.until(
      "the progress",
      ({ lessons: [, , third] }) => third?.progress === "passed",
    );
    expect(lessons.map(({ progress }) => progress)).toEqual([
      "new",
      "new",
      "passed",
      "new",
      "new",
    ]);
    expect(copy.workshop.read(".progress.json")).toContain('"passed"');
  });

  test("two clients hear each other, and both ends of it are in the timeline", async () => {
    await page.until(
      "the server runs",
      ({ server: { status } }) => status === "running",
    );
    await add("Alice", "Bob");
    expect(await say("Alice", "Hello, Bob")).toMatchObject({ ok: true });
    const sent = await page.entry(
      "Alice says it",
      ({ kind, from }) => kind === "emit" && from === "Alice",
    );
    expect(sent).toMatchObject({ to: "server", event: "chat:say" });
    expect(sent.raw?.text).toBe('42["chat:say",{"text":"Hello, Bob"}]');
    const heard = await page.entry(
      "Bob hears it",
      ({ kind, to, event }) =>
        kind === "event" && to === "Bob" && event === "chat:said",
    );
    expect(heard.text).toContain("‹id of Alice›");
    expect(heard.payload?.text).toContain("Hello, Bob");
    expect(heard.seq).toBeGreaterThan(sent.seq);
  });

  test("an event can be meant for one of them by name", async () => {
    await add("Alice", "Bob");
    await page.ask("client:emit", {
      from: "Alice",
      event: "notify",
      args: ['{"to":"‹id of Bob›","text":"tea"}'],
      withAck: false,
    });
    await page.entry(
      "Bob is notified",
      ({ kind, to, event }) =>
        kind === "event" && to === "Bob" && event === "notification",
    );
  });

  test("what is not possible is said in one sentence", async () => {
    await add("Alice");
    const emission = { from: "Alice", event: "x", args: ["{"], withAck: false };
    for (const [event, payload, words] of [
      ["client:add", { name: "Alice" }, "is here already"],
      ["client:add", { name: "Server" }, "letters and digits"],
      ["client:add", { name: "<b>" }, "letters and digits"],
      ["client:add", { name: 7 }, "needs"],
      ["client:add", { name: "Bob", auth: "{" }, "auth is no JSON"],
      ["client:add", { name: "Bob", transport: "pigeon" }, "options that fit"],
      ["client:cut", { name: "Zoe" }, "no client called Zoe"],
      ["client:emit", emission, "The payload is no JSON"],
      ["client:emit", { ...emission, args: "no list" }, "needs"],
      ["lesson:open", { name: "99" }, "no lesson 99"],
      ["picture:get", { requirement: "nothing" }, "no picture"],
      ["hint:next", { requirement: "nothing" }, "no requirement"],
      ["server:request", { path: "health" }, "slash"],
    ] as const) {
      const answer = await page.ask(event, payload);
      expect(answer, event).toMatchObject({ ok: false });
      expect((answer as { message: string }).message).toContain(words);
    }
  });

  test("a page is asked for, and its answer seen", async () => {
    const answer = await page.ask("server:request", { path: "/stats" });
    expect(answer).toMatchObject({ ok: true, status: 200 });
    await page.entry(
      "the answer",
      ({ kind, text }) => kind === "response" && text.startsWith("200"),
    );
  });

  test("no path leads anywhere but to the learner's server", async () => {
    for (const path of ["//192.0.2.1/", "/\\192.0.2.1/", "/@192.0.2.1/"])
      expect(await page.ask("server:request", { path }), path).toMatchObject({
        ok: true,
        status: 404,
      });
  });

  test("a crash is a sentence with its place, and a save mends it", async () => {
    copy.save(
      CHAT,
      serverWith('socket.on("chat:say", () => { throw new Error("oh no"); });'),
    );
    await page.until("it runs", ({ server: { starts, status } }) =>
      [starts > 2, status === "running"].every(Boolean),
    );
    await add("Alice");
    await say("Alice", "Hello");
    const { server } = await page.until(
      "the crash",
      ({ server: { status } }) => status === "crashed",
    );
    expect(server.fault).toMatchObject({
      kind: "crashed-during-check",
      where: `lessons/${CHAT}/server.ts:7`,
    });
    expect(server.fault?.message).toContain("oh no");
    expect(server.url).toBeNull();

    copy.solve(CHAT);
    await page.until(
      "Alice is back by herself",
      ({ clients: [alice], server: { status } }) =>
        alice?.status === "connected" && status === "running",
    );
  });

  test("a file that cannot be read is shown with its line", async () => {
    copy.save(CHAT, "const x = ;\n");
    const { server } = await page.until(
      "the fault",
      ({ server: { fault } }) => fault?.kind === "syntax-error",
    );
    expect(server.fault?.message).toContain(`lessons/${CHAT}/server.ts:1:`);
    expect(server.fault?.output.join("\n")).toContain("const x = ;");
    copy.solve(CHAT);
    await page.until(
      "it runs",
      ({ server: { status } }) => status === "running",
    );
  });

  test("a line that was cut is mended, and the session goes on", async () => {
    copy.save(
      CHAT,
      serverWith(
        'socket.on("chat:say", ({ text }) => { io.emit("chat:said", { text }); });',
      ),
    );
    await page.until(
      "it was saved",
      ({ wire: { entries } }) =>
        entries.findLastIndex(({ kind }) => kind === "started") >
          entries.findLastIndex(({ kind }) => kind === "saved") &&
        entries.some(({ kind }) => kind === "saved"),
    );
    await add("Alice", "Bob");
    const before = page.state.clients[1]?.id;
    expect(await page.ask("client:cut", { name: "Bob" })).toEqual({ ok: true });
    await say("Alice", "Bob cannot hear this now");
    await page.entry(
      "Alice hears it",
      ({ to, event }) => to === "Alice" && event === "chat:said",
    );
    expect(page.state.clients[1]?.status).toBe("cut");
    expect(await page.ask("client:mend", { name: "Bob" })).toEqual({
      ok: true,
    });
    await page.entry(
      "Bob is recovered",
      ({ kind, to }) => kind === "recovered" && to === "Bob",
    );
    const missed = await page.entry(
      "Bob hears what he missed",
      ({ to, event }) => to === "Bob" && event === "chat:said",
    );
    // The offset that Socket.IO adds is in the packet, not in the payload.
    expect(JSON.parse(missed.payload?.text ?? "")).toEqual({
      text: "Bob cannot hear this now",
    });
    expect(page.state.clients[1]).toMatchObject({
      status: "connected",
      recovered: true,
      id: before,
    });
  });

  test("a client that does not read hears it all when it reads again", async () => {
    for (const transport of ["websocket", "polling"]) {
      await page.ask("client:add", { name: "Alice", transport });
      await add("Bob");
      await page.ask("client:pause", { name: "Alice", paused: true });
      for (const text of ["one", "two", "three"])
        await say("Bob", `${transport} ${text}`);
      await page.entry(
        "Bob hears the last",
        ({ to, event, text }) =>
          to === "Bob" &&
          event === "chat:said" &&
          text.includes(`${transport} three`),
      );
      const last = ({
        to,
        event,
        text,
      }: {
        to: string | null;
        event?: string;
        text: string;
      }) =>
        to === "Alice" &&
        event === "chat:said" &&
        text.includes(`${transport} three`);
      expect(page.state.wire.entries.some(last)).toBe(false);
      await page.ask("client:pause", { name: "Alice", paused: false });
      await page.entry("Alice hears the last", last);
      for (const name of ["Alice", "Bob"])
        await page.ask("client:remove", { name });
    }
  });

  test("a client that starts with polling is seen going on by websocket", async () => {
    await add("Alice");
    await page.entry("the upgrade", ({ kind }) => kind === "upgrade");
    await page.until(
      "by websocket",
      ({ clients: [alice] }) => alice?.via === "websocket",
    );
  });

  test("a failed requirement is a picture with the first step that differs", async () => {
    copy.workshop.write(
      `lessons/${CHAT}/server.ts`,
      (copy.workshop.read(`solutions/${CHAT}/server.ts`) ?? "").replace(
        /io\.emit\("chat:said"/,
        'socket.broadcast.emit("chat:said"',
      ),
    );
    const { check } = await page.until(
      "the failure",
      ({ check: { requirements, running } }) =>
        !running && requirements[0]?.received === "heard by Bob and Carol",
    );
    const id = check.requirements[0]?.id ?? "";
    const answer = await page.ask<{
      picture: {
        entries: { kind: string }[];
        differs: number;
        lanes: string[];
      };
    }>("picture:get", { requirement: id });
    if (!answer.ok) throw new Error(answer.message);
    const { entries, differs, lanes } = answer.picture;
    expect(lanes).toEqual(["Alice", "Bob", "Carol", "server"]);
    expect(entries[differs]?.kind).toBe("unmet");
    expect(entries.map(({ kind }) => kind)).toContain("emit");
  });

  test("hints come one after the other, and are kept", async () => {
    const id = page.state.check.requirements[0]?.id ?? "";
    await page.ask("hint:next", { requirement: id });
    await page.ask("hint:next", { requirement: id });
    await page.ask("hint:next", { requirement: id });
    await page.ask("hint:next", { requirement: id });
    const { check } = await page.until(
      "three hints",
      ({ check: { requirements } }) => requirements[0]?.hints.length === 3,
    );
    expect(new Set(check.requirements[0]?.hints).size).toBe(3);
    expect(copy.workshop.read(".progress.json")).toContain(`"${id}": 3`);
  });

  test("the solution is shown to those who have tried", async () => {
    const answer = await page.ask("solution:get", { confirmed: false });
    expect(answer).toMatchObject({
      ok: true,
      files: [{ name: "server.ts" }],
    });
  });

  test("reset asks first, keeps what was there, and says where", async () => {
    expect(await page.ask("lesson:reset", { confirmed: false })).toMatchObject({
      ok: false,
      needs: "confirmation",
    });
    const before = copy.workshop.read(`lessons/${CHAT}/server.ts`);
    const answer = await page.ask<{ kept: string[] }>("lesson:reset", {
      confirmed: true,
    });
    if (!answer.ok) throw new Error(answer.message);
    expect(copy.workshop.read(`${answer.kept[0]}/server.ts`)).toBe(before);
    expect(copy.workshop.read(`lessons/${CHAT}/server.ts`)).toContain("TODO");
  });

  test("another lesson begins anew, and ends what ran before", async () => {
    expect(
      await page.ask("lesson:open", { name: "02-emit-and-listen" }),
    ).toEqual({ ok: true });
    await page.until(
      "the other one runs",
      ({ lesson: { number }, server: { status, starts } }) =>
        number === "02" && status === "running" && starts === 1,
    );
    expect(page.state.clients).toEqual([]);
    await expect
      .poll(() => compiledServers(CHAT), { timeout: 10_000 })
      .toEqual([]);
    expect(await page.ask("solution:get", { confirmed: false })).toMatchObject({
      ok: false,
      needs: "confirmation",
    });
    // Lesson 01 is as it was given: nothing of the learner's could be carried.
    expect(page.state.lesson.carriesFrom).toBeNull();
  });
});

describe("a lesson with a database", () => {
  afterAll(() => copy.stop());

  test("shows what the server says to it, and what it holds", async () => {
    copy.solve(STORE);
    const page = await copy.open("09");
    await page.until(
      "the server runs",
      ({ server: { status } }) => status === "running",
    );
    expect(page.state.database).toMatchObject({ trouble: null, cut: false });
    await page.ask("client:add", { name: "Alice" });
    await page.until(
      "Alice is in, with a token",
      ({ clients: [alice] }) => alice?.status === "connected",
    );
    const emission = { from: "Alice", withAck: true };
    await page.ask("client:emit", {
      ...emission,
      event: "room:join",
      args: ['{"room":"tea"}'],
    });
    const answer = await page.ask("client:emit", {
      ...emission,
      event: "message:send",
      args: ['{"room":"tea","text":"Write this down"}'],
    });
    expect(answer).toMatchObject({
      ok: true,
      acknowledged: { answer: { text: expect.stringContaining('"ok": true') } },
    });
    const kinds = page.state.wire.entries
      .filter(({ event }) =>
        ["message:send", "insert", "message:new"].includes(event ?? ""),
      )
      .map(({ kind }) => kind);
    // First stored, then told: the order is the lesson.
    expect(kinds.slice(0, 3)).toEqual(["emit", "command", "reply"]);
    expect(kinds.slice(3).sort()).toEqual(["ack", "event"]);
    const { database } = await page.until(
      "the document",
      ({ database: shown }) =>
        shown?.collections.some(({ count }) => count === 1) === true,
    );
    expect(database?.collections[0]).toMatchObject({
      name: "messages",
      documents: [{ change: "new" }],
    });
    expect(page.gaps).toEqual([]);
  });
});

describe("a lesson with TLS", () => {
  afterAll(() => copy.stop());

  test("its clients trust the server, and it is asked over https", async () => {
    copy.solve(TLS);
    const page = await copy.open("13");
    const { server } = await page.until(
      "the server runs",
      ({ server: { status } }) => status === "running",
    );
    expect(server.url).toMatch(/^https:/);
    for (const transport of ["default", "websocket", "polling"])
      await page.ask("client:add", { name: `by${transport}`, transport });
    await page.until(
      "all are in",
      ({ clients }) =>
        clients.length === 3 &&
        clients.every(({ status }) => status === "connected"),
    );
    expect(await page.ask("server:request", { path: "/health" })).toMatchObject(
      { ok: true, status: 200 },
    );
  });
});

describe("a server that never stops", () => {
  afterAll(() => copy.stop());

  test("printing and emitting fills neither the timeline nor the connection", async () => {
    copy.save(
      CHAT,
      serverWith(`
  setInterval(() => {
    for (let n = 0; n < 20; n++) {
      console.log("x".repeat(200), n);
      socket.emit("noise", { n, text: "y".repeat(5_000) });
    }
  }, 5);`),
    );
    const page = await copy.open("03");
    await page.ask("client:add", { name: "Alice" });
    await page.until(
      "a flood",
      ({ clients: [alice] }) => (alice?.heard ?? 0) > 5_000,
    );
    await page.entry(
      "the rest is counted",
      ({ kind, from }) => kind === "omitted" && from === "server",
    );
    const { entries, limit } = page.state.wire;
    expect(entries.length).toBeLessThanOrEqual(limit);
    const kept = entries.filter(({ event }) => event === "noise");
    expect(kept.length).toBeLessThan(2_000);
    expect(kept.length).toBeGreaterThan(0);
    for (const { payload, raw } of kept) {
      expect(payload?.text.length).toBeLessThanOrEqual(2_000);
      expect(payload?.cut).toBeGreaterThan(0);
      expect(raw?.text.length).toBeLessThanOrEqual(2_000);
    }
    // Whoever comes now gets no more than that either.
    const late = await copy.lookOn(
      /http:\S+/.exec(copy.command.stdout)?.[0] ?? "",
    );
    expect(late.state.wire.entries.length).toBeLessThanOrEqual(limit * 1.1);
  });
});

describe.skipIf(noPseudoTerminal)("npm start", () => {
  test("tells the same checks on the terminal and on the page", async () => {
    copy.workshop.remove(".progress.json");
    for (const lesson of [FIRST, "02-emit-and-listen"]) copy.begin(lesson);
    const terminal = copy.workshop.startInTerminal(["start"]);
    await terminal.shows(/http:\S+#token=\S+ /);
    const url = /http:\S+#token=\S+/.exec(terminal.words)?.[0] ?? "";
    const page = await copy.lookOn(url);
    expect(page.state.lesson.number).toBe("01");
    await terminal.shows("Not yet:");

    copy.solve(FIRST);
    await page.until(
      "the lesson is passed",
      ({ check: { verdict, running } }) => verdict === "passed" && !running,
    );
    await terminal.shows("Lesson 01 is passed");
    // It counts once, though both have told it.
    const { lessons } = JSON.parse(
      copy.workshop.read(".progress.json") ?? "",
    ) as { lessons: Record<string, { tries: number }> };
    expect(lessons[FIRST]?.tries).toBe(page.state.check.run);

    // Whoever goes on in one place does so in both.
    terminal.press("n");
    await page.until("lesson 02", ({ lesson: { number } }) => number === "02");
    await terminal.shows("02 Emit and listen");
    await page.ask("lesson:open", { name: CHAT });
    await terminal.shows("03 Who hears it?");
    await page.until("lesson 03", ({ lesson: { number } }) => number === "03");

    terminal.press("q");
    expect(await terminal.ended).toBe(0);
    expect(compiledServers(CHAT)).toEqual([]);
  });
});

describe("the command", () => {
  afterEach(() => copy.stop());

  test.skipIf(process.platform === "win32")(
    "Ctrl-C ends it and the servers that it started",
    async () => {
      copy.save(FIRST, serverWith("") + 'console.log("pid", process.pid);\n');
      const page = await copy.open("01");
      const { text } = await page.entry(
        "its process",
        ({ kind, text: line }) => kind === "console" && line.startsWith("pid"),
      );
      copy.command.signal("SIGINT");
      expect(await copy.command.ended).toMatchObject({ status: 130 });
      const pid = Number(text.replace("pid ", ""));
      await expect.poll(() => isRunning(pid)).toBe(false);
      expect(compiledServers(FIRST)).toEqual([]);
    },
  );

  test("a port that is taken is left to whoever has it", async () => {
    // Another test may have it just now, and would give it back too soon.
    const taken = await vi.waitUntil(() => tryToListen(4_100), {
      timeout: 60_000,
      interval: 200,
    });
    const { port } = new URL(await copy.start("01"));
    expect(Number(port)).toBeGreaterThan(4_100);
    taken.close();
  });

  test("a lesson that is not there, and one word too many, are told", async () => {
    for (const [words, said] of [
      [["99"], 'There is no lesson "99"'],
      [["01", "02"], "one word too many"],
      [["--colour"], "--colour"],
    ] as const) {
      const { status, stderr } = await copy.workshop.run([
        "playground",
        ...words,
      ]);
      expect(status).toBe(2);
      expect(stderr).toContain(said);
    }
  });
});

/** @returns `null` when somebody else has the port */
function tryToListen(port: number): Promise<NetServer | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
