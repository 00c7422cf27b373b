import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { doctor as messages } from "../messages.ts";
import { type Finding, good, note } from "./finding.ts";

/** A browser is needed by tests of the page, and by nothing else. */
export async function examineBrowser(find = findBrowser): Promise<Finding> {
  const path = await find();
  return path === undefined
    ? note(
        "browser",
        messages.noBrowser,
        "npx playwright-core install chromium",
      )
    : good("browser", messages.browser(path));
}

async function findBrowser(): Promise<string | undefined> {
  try {
    const { findChromium } = await import("../../kit/browser.ts");
    return findChromium();
  } catch {
    // Without the development packages there are no such tests either.
    return undefined;
  }
}

/** Prints its version, then fails unless the package is there. */
const PYTHON =
  "import sys; print(sys.version.split()[0], flush=True); import flask_socketio";

/** What a Python said and how it ended. */
export interface PythonSaid {
  version: string;
  hasFlaskSocketIO: boolean;
}

/** Python is needed by lesson 16, and by nothing else. */
export async function examinePython(
  ask = askPython,
  platform: NodeJS.Platform = process.platform,
): Promise<Finding> {
  const names = platform === "win32" ? ["py", "python"] : ["python3", "python"];
  for (const name of names) {
    const said = await ask(name);
    if (said === null) continue;
    return said.hasFlaskSocketIO
      ? good("python", messages.python(said.version))
      : note(
          "python",
          messages.noFlask(said.version),
          `${name} -m pip install flask-socketio`,
        );
  }
  return note("python", messages.noPython, messages.installPython);
}

/** `null` when there is no such program. */
async function askPython(name: string): Promise<PythonSaid | null> {
  const answer = await promisify(execFile)(name, ["-c", PYTHON], {
    timeout: 20_000,
  }).then(
    ({ stdout }) => ({ stdout, failed: false }),
    (error: { stdout?: string }) => ({
      stdout: error.stdout ?? "",
      failed: true,
    }),
  );
  const version = /^\d+\.\S+/.exec(answer.stdout)?.[0];
  return version === undefined
    ? null
    : { version, hasFlaskSocketIO: !answer.failed };
}
