import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HOW_TO_GET_ONE, findChromium, launchChromium } from "./kit/browser.ts";
import { type Database, openDatabase } from "./kit/database.ts";
import { solutionFile } from "./kit/lesson-files.ts";
import { ServerProcess } from "./kit/server-process.ts";

/** The one page of all lessons, in a real browser, against the solutions. */
const path = findChromium();

test("a browser is there", ({ skip }) => {
  // On a desk it may be missing; where changes are let in it must not be.
  if (path === undefined && !process.env.CI) skip(HOW_TO_GET_ONE);
  expect(path, HOW_TO_GET_ONE).toBeDefined();
});

describe.skipIf(path === undefined)("the page in a browser", () => {
  let browser: Browser;
  const servers: ServerProcess[] = [];
  /** Errors on the page, and what it asked for elsewhere: offline it would not get it. */
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(path ?? "");
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    for (const server of servers.splice(0)) await server.stop();
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(() => browser.close());

  async function start(
    lesson: string,
    env: Record<string, string> = {},
  ): Promise<ServerProcess> {
    const entry = solutionFile(lesson);
    const server = await ServerProcess.start({ entry, env });
    servers.push(server);
    return server;
  }

  /** Opens the page as one more person, and waits until it is connected. */
  async function open({
    url,
  }: ServerProcess): Promise<Page & { socketId: string }> {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !/^(data|ws):/.test(request.url()))
        problems.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    const id = page.locator("#own-id");
    await expect.poll(() => id.textContent()).toMatch(/^[\w-]{20}$/);
    return Object.assign(page, { socketId: (await id.textContent()) ?? "" });
  }

  /** The panel with this heading. */
  const panel = (page: Page, heading: string) =>
    page
      .locator("section, article, div.card, form")
      .filter({
        has: page.getByRole("heading", { name: heading, exact: true }),
      })
      .last();

  test("lesson 01: it shows the connection, and says where the rest comes alive", async () => {
    const page = await open(await start("01-one-server"));
    await page.getByRole("button", { name: "GET /health" }).click();
    await expect
      .poll(() => page.locator("#health-answer").textContent())
      .toContain('"ok":true');
    await expect
      .poll(() => page.locator("#transport").textContent())
      .toContain("websocket");
    expect(await panel(page, "Chat").textContent()).toContain(
      "This comes alive in lesson 03",
    );
  });

  test("lesson 02: what is sent comes back", async () => {
    const page = await open(await start("02-emit-and-listen"));
    await panel(page, "Echo")
      .getByRole("button", { name: "Send", exact: true })
      .click();
    await expect
      .poll(() => panel(page, "Echo").textContent())
      .toContain("Back:");
    await panel(page, "Addition").getByRole("button", { name: "Add" }).click();
    await expect
      .poll(() => panel(page, "Addition").textContent())
      .toContain("The sum is 5.");
  });

  test("lesson 03: a chat, a notification and a live score between two people", async () => {
    const server = await start("03-who-hears-it");
    const alice = await open(server);
    const bob = await open(server);

    await panel(alice, "Chat").getByLabel("Text").fill("Hello, Bob <b>!</b>");
    await panel(alice, "Chat").getByRole("button", { name: "Say" }).click();
    for (const page of [alice, bob])
      await expect
        .poll(() => panel(page, "Chat").textContent())
        .toContain("Hello, Bob <b>!</b>");

    await panel(alice, "Notification").getByLabel(/^To/).fill(bob.socketId);
    await panel(alice, "Notification").getByLabel("Text").fill("Tea is ready");
    await panel(alice, "Notification")
      .getByRole("button", { name: "Notify" })
      .click();
    await expect
      .poll(() => panel(bob, "Notification").textContent())
      .toContain("Tea is ready");
    expect(await alice.locator("#log").textContent()).not.toContain(
      "notification",
    );

    await panel(alice, "Live score").getByRole("button").first().click();
    await expect
      .poll(() => panel(bob, "Live score").textContent())
      .toContain("Set on another page");
    expect(await alice.locator("#log").textContent()).not.toContain(
      "score:updated",
    );

    await bob.close();
    await expect
      .poll(() => alice.locator("#log").textContent())
      .toContain("user:left");
  });

  test("lesson 04: questions and their answers", async () => {
    const server = await start("04-ask-and-answer");
    const alice = await open(server);
    await open(server);
    await panel(alice, "Time").getByRole("button").click();
    await expect
      .poll(() => panel(alice, "Time").textContent())
      .toContain("The server says");
    await panel(alice, "Division")
      .getByRole("button", { name: "Divide" })
      .click();
    await expect
      .poll(() => panel(alice, "Division").textContent())
      .toContain("6 ÷ 3 = 2");
    await panel(alice, "Poll")
      .getByRole("button", { name: "Ask the others" })
      .click();
    await expect
      .poll(() => panel(alice, "Poll").textContent())
      .toContain("Missing: 0.");
  });

  test("lesson 05: a message is heard as it was written", async () => {
    const page = await open(await start("05-never-trust-a-payload"));
    await panel(page, "Messages").getByLabel("Text").fill("Hello <i>you</i>");
    await panel(page, "Messages").getByRole("button", { name: "Send" }).click();
    await expect
      .poll(() => panel(page, "Messages").textContent())
      .toContain("Hello <i>you</i>");
  });

  test("lesson 06: only those in the room read along", async () => {
    const server = await start("06-rooms");
    const [alice, bob, carol] = [
      await open(server),
      await open(server),
      await open(server),
    ];
    for (const page of [alice, bob])
      await page
        .locator("#rooms")
        .getByRole("button", { name: "Join", exact: true })
        .click();
    await alice.locator("#room-messages").getByLabel("Text").fill("In here");
    await alice
      .locator("#room-messages")
      .getByRole("button", { name: "Send", exact: true })
      .click();
    await expect
      .poll(() => bob.locator("#room-messages").textContent())
      .toContain("In here");
    expect(await carol.locator("#log").textContent()).not.toContain("In here");
  });

  test("lesson 07: without a token it says that it is refused, with one it is in", async () => {
    const server = await start("07-gatekeepers", {
      TOKENS: JSON.stringify({ "secret-of-alice": "alice" }),
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await expect
      .poll(() => page.locator("#state").textContent())
      .toContain("unauthorized");
    await page.locator("#token").getByLabel("Token").fill("secret-of-alice");
    await page
      .locator("#token")
      .getByRole("button", { name: "Connect with it" })
      .click();
    await expect
      .poll(() => page.locator("#own-id").textContent())
      .toMatch(/^[\w-]{20}$/);
  });

  describe("with a database", () => {
    const TOKENS = JSON.stringify({ a: "alice", b: "bob" });
    let database: Database;

    beforeAll(async () => {
      database = await openDatabase();
    });
    afterAll(() => database.close());

    /** Starts the solution, and opens the page as Alice and as Bob, both in the room tea. */
    async function chat(
      lesson: string,
    ): Promise<{ server: ServerProcess; alice: Page; bob: Page }> {
      const server = await start(lesson, {
        TOKENS,
        MONGODB_URI: database.uri,
        MONGODB_DB: database.fresh().name,
      });
      const [alice, bob] = [
        await enter(server, "a"),
        await enter(server, "b"),
      ] as const;
      return { server, alice, bob };
    }

    async function enter({ url }: ServerProcess, token: string): Promise<Page> {
      const page = await browser.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(url);
      await page.locator("#token").getByLabel("Token").fill(token);
      await press(page, "token", "Connect with it");
      await says(page, "state", "Connected.");
      await press(page, "rooms", "Join");
      await says(page, "rooms", "You are in tea");
      return page;
    }

    const press = (page: Page, id: string, name: string) =>
      page.locator(`#${id}`).getByRole("button", { name, exact: true }).click();

    const says = (page: Page, id: string, words: string) =>
      expect.poll(() => page.locator(`#${id}`).textContent()).toContain(words);

    async function write(page: Page, text: string): Promise<void> {
      await page.locator("#room-messages").getByLabel("Text").fill(text);
      await press(page, "room-messages", "Send");
      await says(page, "room-messages", text);
    }

    test("lesson 09: it shows how to find the document", async () => {
      const { alice, bob } = await chat("09-store-then-tell");
      await alice.locator("#stored").getByLabel("Text").fill("To be kept");
      await press(alice, "stored", "Store and tell");
      await says(alice, "stored", "db.messages.find({ _id: ObjectId(");
      await says(bob, "room-messages", "To be kept");
    });

    test("lesson 10: it turns the pages of the past", async () => {
      const { alice } = await chat("10-history");
      for (const text of ["one", "two", "three"]) await write(alice, text);
      await alice.locator("#history").getByLabel("Limit").fill("2");
      await press(alice, "history", "Newest");
      await says(alice, "history", "There are older ones.");
      await press(alice, "history", "Older");
      await says(alice, "history", "There is no more.");
      expect(await alice.locator("#history .feed p").allTextContents()).toEqual(
        ["tea 1 alice one", "tea 2 alice two", "tea 3 alice three"],
      );
      await press(alice, "route", "GET");
      await says(alice, "route", "Status 200, messages: one, two, three.");
    });

    test("lesson 11: what is sent twice is heard once", async () => {
      const { alice, bob } = await chat("11-exactly-once");
      await press(alice, "again", "Send twice at once");
      await says(alice, "again", "it is number 1, and nobody hears it again");
      await write(alice, "Something else");
      await says(bob, "room-messages", "Something else");
      expect(await bob.locator("#room-messages .feed p").count()).toBe(2);
    });

    test("lesson 12: it cuts its line, and shows what was missed", async () => {
      const { alice, bob } = await chat("12-nothing-missed");
      await write(bob, "before");
      await alice.getByRole("button", { name: "Disconnect" }).click();
      await write(bob, "meanwhile");
      await alice.getByRole("button", { name: "Connect", exact: true }).click();
      await says(alice, "missed", "A new connection.");
      await press(alice, "missed", "Join");
      await says(alice, "missed", "tea 2 bob meanwhile");

      await press(alice, "missed", "Cut the line");
      await write(bob, "in the tunnel");
      await says(alice, "missed", "Recovered: the same id");
      await says(alice, "room-messages", "in the tunnel");
      expect(await alice.locator("#rooms .people").textContent()).toBe("tea");
    });
  });
});
