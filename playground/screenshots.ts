// The pictures in the README, made anew with `npm run screenshots` whenever the page looks different.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import {
  HOW_TO_GET_ONE,
  findChromium,
  launchChromium,
} from "../checks/kit/browser.ts";
import { root } from "../checks/kit/repository.ts";
import { PlaygroundCopy } from "./fixture/playground-copy.ts";

const LESSON = "03-who-hears-it";
const pictures = join(root, "playground", "pictures");

const chromium = findChromium();
if (chromium === undefined) throw new Error(HOW_TO_GET_ONE);
mkdirSync(pictures, { recursive: true });
const browser = await launchChromium(chromium);
const copy = new PlaygroundCopy("01-one-server", "02-emit-and-listen", LESSON);
try {
  copy.solve("01-one-server");
  copy.solve(LESSON);
  await conversation(await open(browser, "light"));
  await copy.stop();
  copy.save(
    LESSON,
    copy.workshop.read(`checks/${LESSON}/wrong/notification-to-everyone.ts`) ??
      "",
  );
  await failure(await open(browser, "dark"));
} finally {
  await browser.close();
  await copy.end();
}

async function open(
  from: Browser,
  colorScheme: "light" | "dark",
): Promise<Page> {
  const page = await from.newPage({
    viewport: { width: 1360, height: 850 },
    colorScheme,
    reducedMotion: "reduce",
  });
  await page.goto(await copy.start("03"));
  return page;
}

/** Alice and Bob talk, and the wire shows what goes over it. */
async function conversation(page: Page): Promise<void> {
  await page.getByText(/^Passed, in/).waitFor();
  for (const name of ["Alice", "Bob"]) {
    await page.getByRole("button", { name: `Add ${name}` }).click();
    await page
      .getByRole("article", { name })
      .getByText("connected by websocket")
      .waitFor();
  }
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByRole("combobox", { name: "As" }).selectOption("Alice");
  for (const preset of ["chat:say", "notify", "score:set"])
    await page.getByRole("button", { name: new RegExp(`^${preset}`) }).click();
  await page.getByRole("option", { name: /score:updated/ }).waitFor();
  await save(page, "playground.png");
}

/** A failed requirement as a picture. */
async function failure(page: Page): Promise<void> {
  await page.getByRole("button", { name: "See what happened" }).first().click();
  await page.getByRole("option", { name: /^Here it differs/ }).waitFor();
  await save(page, "failing-check.png");
}

async function save(page: Page, name: string): Promise<void> {
  const path = join(pictures, name);
  await page.screenshot({ path, animations: "disabled" });
  console.log(path);
}
