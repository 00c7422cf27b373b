import { X509Certificate, createHash } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { certificates } from "../kit/authority.ts";
import { findChromium, launchChromium } from "../kit/browser.ts";
import { type LessonTls, openLessonTls } from "../kit/certificate-files.ts";
import { solutionFile } from "../kit/lesson-files.ts";
import { ServerProcess } from "../kit/server-process.ts";

const path = findChromium();

/** The page over https, in a browser that was told of this one key, and in one that was not. */
describe.skipIf(path === undefined)("a browser", () => {
  let tls: LessonTls;
  let server: ServerProcess;
  const browsers: Browser[] = [];

  beforeAll(async () => {
    tls = await openLessonTls();
    const entry = solutionFile("13-your-own-authority");
    server = await ServerProcess.start({ entry, env: tls.env, ca: tls.ca });
  });
  afterAll(async () => {
    for (const browser of browsers) await browser.close();
    await server.stop();
    tls.remove();
  });

  async function newPage(...switches: string[]) {
    const browser = await launchChromium(path ?? "", switches);
    browsers.push(browser);
    return browser.newPage();
  }

  test("with a fresh profile it refuses, as it should", async () => {
    const page = await newPage();
    await expect(page.goto(server.url)).rejects.toThrow(
      "ERR_CERT_AUTHORITY_INVALID",
    );
  });

  test("with a test profile that trusts the key it shows the page, over wss", async () => {
    const { certificate } = await certificates.of("right");
    const hash = keyHash(certificate);
    const page = await newPage(`--ignore-certificate-errors-spki-list=${hash}`);
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await page.goto(server.url);
    await expect
      .poll(() => page.locator("#own-id").textContent())
      .toMatch(/^[\w-]{20}$/);
    await expect
      .poll(() => page.locator("#transport").textContent())
      .toContain("websocket");
    expect(sockets).toEqual([
      expect.stringMatching(/^wss:\/\/127\.0\.0\.1:\d+\/socket\.io\//),
    ]);
  });
});

/** As the README of the lesson makes it. */
function keyHash(certificate: string): string {
  const { publicKey } = new X509Certificate(certificate);
  const spki = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}
