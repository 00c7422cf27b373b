import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CouldNotTell } from "./could-not-tell.ts";

/** Where a Python may be: the one that PYTHON names, the system's, the first that is found. */
const places: readonly (readonly [command: string, ...args: string[]])[] =
  process.platform === "win32"
    ? [["py", "-3"], ["python"], ["python3"]]
    : [["/usr/bin/python3"], ["python3"], ["python"]];

const HOW_TO_GET_IT =
  "Any Python 3 will do, with Flask-SocketIO: `python3 -m pip install flask-socketio`, or on Debian and its relatives `sudo apt install python3-flask-socketio`. PYTHON names the one to use.";

let found: Promise<Python> | undefined;

/** A Python that has Flask-SocketIO. */
export interface Python {
  command: string;
  args: readonly string[];
}

/**
 * Looks for a Python with Flask-SocketIO, until it has found one.
 *
 * @throws {CouldNotTell} when there is none
 */
export function findPython(): Promise<Python> {
  found ??= lookForPython();
  // Another time the machine may not be as busy.
  found.catch(() => (found = undefined));
  return found;
}

async function lookForPython(): Promise<Python> {
  const { PYTHON } = process.env;
  const candidates = PYTHON ? [[PYTHON] as const] : places;
  for (const [command, ...args] of candidates)
    if (await hasFlaskSocketIo(command, args)) return { command, args };
  throw new CouldNotTell(
    `no Python with Flask-SocketIO was found${PYTHON ? ` (PYTHON is ${PYTHON})` : ""}`,
    HOW_TO_GET_IT,
  );
}

/** It is looked for and not loaded: loading it takes longer than most servers take to start. */
const IS_IT_THERE =
  "import importlib.util, sys; sys.exit(importlib.util.find_spec('flask_socketio') is None)";

async function hasFlaskSocketIo(
  command: string,
  args: readonly string[],
): Promise<boolean> {
  try {
    await promisify(execFile)(command, [...args, "-c", IS_IT_THERE], {
      timeout: 30_000,
      windowsHide: true,
    });
    return true;
  } catch (error) {
    if ((error as { killed?: boolean }).killed)
      throw new CouldNotTell("this machine is too busy to start Python");
    return false;
  }
}
