import type { ChildProcess } from "node:child_process";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { assertFileThere, compileServer, removeCompiled } from "./compile.ts";
import { findPython } from "./python.ts";
import { root } from "./repository.ts";
import { spawnGroup, spawnServer } from "./server-child.ts";
import type { ServersAhead } from "./waiting-server.ts";

/** How a server of some language is started, and how it tells the check what it does as a process. */
export interface Runtime {
  start(cwd: string, env: NodeJS.ProcessEnv): ChildProcess;
  /** How long it may take to listen, in milliseconds of patience. */
  readyWithin: number;
  /** After so many turns of ours without an answer it is blocked, while it starts and later. */
  blockedAfter: { starting: number; running: number };
  /** Opens the way to and from a preload that answers pings; see preload.cjs. */
  connect(child: ChildProcess, onMessage: (message: unknown) => void): Channel;
  /** It was not started after all. */
  cancel(): void;
  /** Removes what was made to start it. */
  remove(): void;
}

export interface Channel {
  tell(message: object): void;
}

/**
 * Makes a server ready to be started.
 *
 * @param entry absolute path of the server's file
 * @throws {Fault} for what is wrong with the file
 * @throws {CouldNotTell} when this machine cannot run it
 */
export function prepare(
  entry: string,
  ahead: ServersAhead | undefined,
): Promise<Runtime> {
  return isPython(entry) ? preparePython(entry) : prepareNode(entry, ahead);
}

export function isPython(entry: string): boolean {
  return extname(entry) === ".py";
}

async function prepareNode(
  entry: string,
  ahead: ServersAhead | undefined,
): Promise<Runtime> {
  const waiting = ahead?.take(entry);
  const putBack = () => {
    if (waiting !== undefined) ahead?.putBack(waiting);
  };
  const compiled = await compileServer(entry, waiting?.compiled).catch(
    (error: unknown) => {
      putBack();
      throw error;
    },
  );
  return {
    start: (cwd, env) =>
      waiting?.isWaiting
        ? waiting.open(cwd, env)
        : spawnServer(compiled, { cwd, env, waits: false }),
    readyWithin: 1_000,
    // While it loads its libraries it does not turn either, and on a busy machine that takes seconds.
    blockedAfter: { starting: 250, running: 100 },
    connect(child, onMessage) {
      child.on("message", onMessage);
      return {
        tell(message) {
          // The channel may close at any moment; then the exit tells what happened.
          if (child.connected) child.send(message, () => {});
        },
      };
    },
    cancel() {
      putBack();
      removeCompiled(compiled);
    },
    remove: () => removeCompiled(compiled),
  };
}

async function preparePython(entry: string): Promise<Runtime> {
  await assertFileThere(entry);
  const { command, args } = await findPython();
  const preload = join(root, "checks", "kit", "preload.py");
  return {
    start: (cwd, env) =>
      // What it prints comes at once, and no compiled files are left beside it.
      spawnGroup(command, [...args, "-u", "-B", preload, entry], {
        cwd,
        env,
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      }),
    // Importing Flask alone takes longer than a server of ours.
    readyWithin: 8_000,
    // It has no event loop that a handler could block; only a process that does nothing at all is.
    blockedAfter: { starting: 500, running: 500 },
    connect(child, onMessage) {
      // There is none if the process could not be started.
      const pipe = child.stdio[3] as Duplex | null | undefined;
      if (pipe) readLines(pipe, (line) => onMessage(JSON.parse(line)));
      return {
        tell(message) {
          if (pipe?.writable) pipe.write(`${JSON.stringify(message)}\n`);
        },
      };
    },
    cancel: () => {},
    remove: () => {},
  };
}

function readLines(pipe: Duplex, onLine: (line: string) => void): void {
  const lines = createInterface({ input: pipe });
  lines.on("line", onLine);
  // A server that is ended may cut the line; its exit tells what happened.
  for (const end of [pipe, lines]) end.on("error", () => {});
}
