import { spawn } from "node:child_process";

/** What each system opens an address with. */
const openers: Readonly<
  Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>
> = {
  darwin: ["open"],
  // Unlike `start`, it needs no shell, to which some characters of an address mean something.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens an address in the person's own browser, where a person sits before a screen. Where that fails,
 * they have read the address. `BROWSER=none` says that none is wanted.
 *
 * @returns whether it was tried
 */
export function openInBrowser(url: string): boolean {
  const { CI, BROWSER } = process.env;
  if (process.stdout.isTTY !== true || CI || BROWSER === "none") return false;
  const [program, ...words] = openers[process.platform] ?? ["xdg-open"];
  const opener = spawn(program, [...words, url], {
    stdio: "ignore",
    detached: true,
  });
  opener.on("error", () => {});
  opener.unref();
  return true;
}
