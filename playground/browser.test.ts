import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  HOW_TO_GET_ONE,
  findChromium,
  launchChromium,
} from "../checks/kit/browser.ts";
import { PlaygroundCopy } from "./fixture/playground-copy.ts";

/** The playground as a learner sees it, in a real browser. */
const chromium = findChromium();

const FIRST = "01-one-server";
const CHAT = "03-who-hears-it";
const STORE = "09-store-then-tell";

/** How long something may take on a machine that has much else to do. */
const patient = { timeout: 30_000 };

const axe = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

test("a browser is there", ({ skip }) => {
  // On a desk it may be missing; where changes are let in it must not be.
  if (chromium === undefined && !process.env.CI) skip(HOW_TO_GET_ONE);
  expect(chromium, HOW_TO_GET_ONE).toBeDefined();
});

describe.skipIf(chromium === undefined)("in a browser", () => {
  let browser: Browser;
  const copy = new PlaygroundCopy(FIRST, "02-emit-and-listen", CHAT, STORE);
  /** Errors on the page, and what it asked for elsewhere: offline it would not get it. */
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(chromium ?? "");
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await copy.stop();
    expect(problems.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await copy.end();
  });

  async function visit(
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      // Nothing moves, so nothing has to be waited for.
      reducedMotion: "reduce",
      ...options,
    });
    context.setDefaultTimeout(patient.timeout);
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error")
        problems.push(`${message.text()} ${message.location().url}`);
    });
    page.on("request", (request) => {
      if (!/^(http|ws):\/\/127\.0\.0\.1:|^(data|blob):/.test(request.url()))
        problems.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    return page;
  }

  const open = async (lesson: string, options?: BrowserContextOptions) =>
    visit(await copy.start(lesson), options);

  const check = (page: Page) => page.getByRole("region", { name: "Check" });
  const wire = (page: Page) =>
    page.getByRole("listbox", { name: "What goes over the wire" });
  const step = (page: Page, name: RegExp) =>
    wire(page).getByRole("option", { name });
  const button = (page: Page, name: string | RegExp) =>
    page.getByRole("button", { name });

  async function addAll(page: Page, ...names: string[]): Promise<void> {
    for (const name of names) {
      await button(page, `Add ${name}`).click();
      await page
        .getByRole("article", { name })
        .getByText(/^connected by/)
        .waitFor();
    }
  }

  test("a newcomer's first lesson, from the open page to green", async () => {
    copy.workshop.remove(".progress.json");
    const page = await open("01");
    await page
      .getByRole("heading", { name: "01 One server, two protocols" })
      .waitFor();
    const first = check(page).getByRole("listitem").first();
    await expect.poll(() => first.textContent(), patient).toContain("not yet");
    await button(page, "See what happened").first().waitFor();
    await button(page, /^Help me/)
      .first()
      .click();
    await check(page).getByText("Hint 1 of 3").waitFor();

    copy.solve(FIRST);
    await check(page)
      .getByText(/^Passed, in/)
      .waitFor();
    await expect.poll(() => first.textContent(), patient).toMatch(/passed$/);
    // What the learner's users get to see.
    await page.getByRole("tab", { name: "Users' view" }).click();
    const theirs = page.frameLocator('iframe[title="The page of your server"]');
    await expect
      .poll(() => theirs.locator("#own-id").textContent(), patient)
      .toMatch(/^[\w-]{20}$/);
    await button(page, /One server, two protocols/).click();
    await page
      .getByRole("navigation", { name: "Lessons" })
      .getByRole("button", { name: /^01 .* passed$/ })
      .waitFor();
  });

  test("two clients see each other's message", async () => {
    copy.solve(CHAT);
    const page = await open("03");
    await addAll(page, "Alice", "Bob");
    await page.getByRole("combobox", { name: "As" }).selectOption("Alice");
    await button(page, /^chat:say/).click();
    await step(page, /^Alice to Server: .*chat:say/).waitFor();
    for (const name of ["Alice", "Bob"])
      await step(
        page,
        new RegExp(`^Server to ${name}: .*chat:said.*Hello, everybody`),
      ).waitFor();
    // Any step opens to the packet that carried it.
    await step(page, /^Alice to Server: .*chat:say/).click();
    await page
      .getByText('42["chat:say",{"text":"Hello, everybody"}]')
      .waitFor();
  });

  test("a crash is shown as a sentence, and saving mends it", async () => {
    copy.save(
      CHAT,
      `import { createServer } from "node:http";
import { Server } from "socket.io";
const http = createServer();
new Server(http).on("connection", (socket) => {
  socket.on("chat:say", ({ text }) => { socket.emit("chat:said", text.words.length); });
});
http.listen(Number(process.env.PORT), "127.0.0.1");
`,
    );
    const page = await open("03");
    await addAll(page, "Alice");
    await button(page, /^chat:say/).click();
    await page
      .getByText(/Your server crashed.*reading 'length'/)
      .first()
      .waitFor();
    await page.getByText(`lessons/${CHAT}/server.ts:5`).first().waitFor();

    copy.solve(CHAT);
    await page.getByText(/Your server runs/).waitFor();
    await page
      .getByRole("article", { name: "Alice" })
      .getByText(/^connected by/)
      .waitFor();
  });

  test("a cut, and the recovery, are seen on the wire", async () => {
    copy.workshop.write(
      `lessons/${CHAT}/server.ts`,
      (copy.workshop.read(`solutions/${CHAT}/server.ts`) ?? "").replace(
        "new Server(httpServer)",
        "new Server(httpServer, { connectionStateRecovery: {} })",
      ),
    );
    const page = await open("03");
    await addAll(page, "Alice", "Bob");
    await button(page, "Cut Bob").click();
    await step(page, /^Bob: .*loses the line/).waitFor();
    await page.getByRole("combobox", { name: "As" }).selectOption("Alice");
    await button(page, /^chat:say/).click();
    await step(page, /^Server to Alice: .*chat:said/).waitFor();
    expect(await step(page, /^Server to Bob: .*chat:said/).count()).toBe(0);
    await button(page, /^Mend the line/).click();
    await step(page, /^Server to Bob: .*recovered/).waitFor();
    await step(page, /^Server to Bob: .*chat:said/).waitFor();
  });

  test("a failing check opens as a picture with the first step that differs", async () => {
    copy.workshop.write(
      `lessons/${CHAT}/server.ts`,
      copy.workshop.read(`checks/${CHAT}/wrong/notification-to-everyone.ts`) ??
        "",
    );
    const page = await open("03");
    await check(page).getByText("heard by Alice, Bob and Carol").waitFor();
    await button(page, "See what happened").first().click();
    const picture = page.getByRole("dialog");
    await picture
      .getByRole("option", {
        name: /^Here it differs\. Server to .*notification/,
      })
      .waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => picture.count(), patient).toBe(0);
  });

  test("what is stored is seen, and what happens while the database is away", async () => {
    copy.solve(STORE);
    const page = await open("09");
    await page.getByText(/Your server runs/).waitFor();
    await addAll(page, "Alice");
    await button(page, /^room:join/).click();
    await button(page, /^message:send/).click();
    await step(page, /^Server to Database: .*insert messages/).waitFor();
    await page.getByRole("tab", { name: "Database" }).click();
    await page
      .getByRole("region", { name: "Collection messages" })
      .getByText("Write this down")
      .waitFor();
    await examine(page, "a database with a document");

    await button(page, "Cut the line to it").click();
    await page.getByText("cannot reach its database now").waitFor();
    await button(page, "GET /health").click();
    await page.getByRole("tab", { name: "Wire" }).click();
    await step(page, /^Server to HTTP: .*503/i).waitFor();
    await page.getByRole("tab", { name: "Database" }).click();
    await button(page, "Mend the line to it").click();
    await button(page, "Cut the line to it").waitFor();
  });

  test("everything can be reached by the keyboard alone", async () => {
    copy.solve(CHAT);
    const page = await open("03");
    await button(page, "Add Alice").waitFor();
    const press = (...keys: string[]) =>
      keys.reduce(
        (before, key) => before.then(() => page.keyboard.press(key)),
        Promise.resolve(),
      );
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement;
        return (
          element?.getAttribute("aria-label") ??
          element?.textContent ??
          ""
        ).trim();
      });
    /** Goes on to the element of that name, as somebody does who has no mouse. */
    const tabTo = async (name: RegExp) => {
      for (let steps = 0; steps < 80; steps++) {
        if (name.test(await focused())) return;
        await press("Tab");
      }
      throw new Error(`no way to ${name}`);
    };
    await press("Tab");
    expect(await focused()).toBe("To the lesson");
    await tabTo(/^Add Alice/);
    await press("Enter");
    await page
      .getByRole("article", { name: "Alice" })
      .getByText(/^connected by/)
      .waitFor();
    await tabTo(/^chat:say/);
    await press("Space");
    await step(page, /^Server to Alice: .*chat:said/).waitFor();
    await tabTo(/^Wire$/);
    await press("ArrowRight");
    expect(await focused()).toBe("Database");
    await press("ArrowLeft");
    expect(await focused()).toBe("Wire");
  });

  test("a page that has no token, or an old one, says what to do", async () => {
    const url = await copy.start("01");
    const page = await visit(url.replace(/#.*/, ""));
    await page.getByText(/address that (the|your) terminal/).waitFor();
    const old = await visit(url.replace(/token=.*/, "token=of-yesterday"));
    await old.getByText(/address that (the|your) terminal/).waitFor();
  });

  test("the token does not stay in the address, and a reload keeps it", async () => {
    const page = await open("01");
    await page.getByText(/Your server runs/).waitFor();
    expect(page.url()).not.toContain("token");
    await page.reload();
    await page.getByText(/Your server runs/).waitFor();
  });

  test("a page at another origin gets nothing, with the token and without", async () => {
    const url = new URL(await copy.start("01"));
    const foreign = createServer((_request, response) =>
      response.setHeader("Content-Type", "text/html").end("<p>recipes</p>"),
    );
    await new Promise<void>((resolve) =>
      foreign.listen(0, "127.0.0.1", resolve),
    );
    const { port } = foreign.address() as AddressInfo;
    const context = await browser.newContext();
    const page = await context.newPage();
    const answers: [status: number, url: string][] = [];
    page.on("response", (response) => {
      if (response.url().startsWith(url.origin))
        answers.push([response.status(), response.url()]);
    });
    for (const host of ["127.0.0.1", "localhost"]) {
      await page.goto(`http://${host}:${port}`);
      const got = await page.evaluate(tryEverything, {
        origin: url.origin,
        token: url.hash.replace("#token=", ""),
      });
      expect(got, host).toEqual({
        fetched: "nothing",
        posted: "nothing",
        socket: "nothing",
        script: "nothing",
        image: "nothing",
        // A frame that shows the browser's own error page has loaded, too.
        frame: "loaded",
      });
    }
    // Each was refused at the door, before anything was looked up.
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter(([status]) => status !== 403)).toEqual([]);
    foreign.close();
  });

  describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
    test.each([
      ["wide", { width: 1440, height: 900 }],
      ["at 360 px", { width: 360, height: 740 }],
      // 1280 px at 400 % would be 320; at 200 % it is 640.
      ["at 200 %", { width: 640, height: 450 }],
    ])("axe finds nothing, %s", async (_size, viewport) => {
      copy.begin(CHAT);
      const page = await open("03", { colorScheme, viewport });
      await page.getByRole("heading", { name: "03 Who hears it?" }).waitFor();
      await examine(page, "the lesson");
      const tabs = page.getByRole("tab");
      for (const tab of await tabs.all()) {
        await tab.click();
        await examine(page, (await tab.textContent()) ?? "");
      }
      // Where there is room for one column only, the check has a tab of its own.
      const ofCheck = page.getByRole("tab", { name: /^Check/ });
      if ((await ofCheck.count()) > 0) await ofCheck.click();
      await examineDialogs(page, "See what happened", "Keys");
      const ofClients = page.getByRole("tab", { name: /^Clients/ });
      if ((await ofClients.count()) > 0) await ofClients.click();
      await addAll(page, "Alice", "Bob");
      await button(page, /^chat:say/).click();
      await page
        .getByRole("button", { name: /^heard [1-9]/ })
        .first()
        .waitFor();
      await examine(page, "the clients");
      await examineDialogs(page, "Options of Alice");
      // Nothing is wider than the window but what scrolls for itself.
      const overflow = await page.evaluate(
        () =>
          document.documentElement.scrollWidth -
          document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    });
  });

  async function examineDialogs(page: Page, ...names: string[]) {
    for (const name of names) {
      await button(page, name).first().click();
      await page.getByRole("dialog").waitFor();
      await examine(page, name);
      await page.keyboard.press("Escape");
    }
  }

  async function examine(page: Page, where: string): Promise<void> {
    // The page's own policy lets no foreign script in; the test's tools are not the page's.
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { axe: tool } = globalThis as unknown as {
        axe: typeof import("axe-core");
      };
      // With its defaults: WCAG from 2.0 A to 2.2 AA, and what it calls best practice. The frame holds
      // the learner's page, which is another origin's.
      const result = await tool.run(document, { iframes: false });
      return result.violations.map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
      );
    });
    expect(violations, where).toEqual([]);
  }
});

/** Runs on the foreign page: every way to reach the playground that a page has. */
async function tryEverything({
  origin,
  token,
}: {
  origin: string;
  token: string;
}): Promise<Record<string, string>> {
  const polling = `${origin}/socket.io/?EIO=4&transport=polling`;
  const loads = (
    element: HTMLScriptElement | HTMLImageElement | HTMLIFrameElement,
    src: string,
  ) =>
    new Promise<string>((resolve) => {
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("nothing");
      element.src = src;
      document.body.append(element);
    });
  const fetched = (init: RequestInit) =>
    fetch(polling, init).then(
      (response) => response.text().then((text) => text || "nothing"),
      () => "nothing",
    );
  return {
    fetched: await fetched({}),
    posted: await fetched({ method: "POST", body: `40{"token":"${token}"}` }),
    socket: await new Promise((resolve) => {
      const address = polling
        .replace("http", "ws")
        .replace("polling", "websocket");
      const socket = new WebSocket(address);
      socket.onmessage = ({ data }) => resolve(String(data));
      socket.onerror = () => resolve("nothing");
    }),
    script: await loads(document.createElement("script"), polling),
    image: await loads(new Image(), `${origin}/icon.svg`),
    frame: await loads(document.createElement("iframe"), origin),
  };
}
