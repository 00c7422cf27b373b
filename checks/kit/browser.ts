import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

/** Where browsers of the Chromium family stand when a person has installed one. */
const usual: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ],
};

/** What to do when there is no browser. */
export const HOW_TO_GET_ONE =
  "no Chromium was found: `npx playwright-core install chromium` gets one, or set CHROMIUM_PATH";

/** The path of a Chromium: the one that CHROMIUM_PATH names, Playwright's own, or an installed one. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  return [chromium.executablePath(), ...(usual[process.platform] ?? [])].find(
    (path) => existsSync(path),
  );
}

/**
 * Starts a Chromium with a fresh profile, which goes nowhere but where it is sent.
 *
 * @param more switches beside the usual ones
 */
export function launchChromium(
  executablePath: string,
  more: readonly string[] = [],
): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Containers often have no user but root and no room in /dev/shm.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-dev-shm-usage",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}
