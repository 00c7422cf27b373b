import type { ChildProcess, StdioOptions } from "node:child_process";
import { createInterface } from "node:readline";
import { extname, join } from "node:path";
import type { Duplex } from "node:stream";
import { assertFileThere, compileServer, removeCompiled } from "./compile.ts";
import { findPython } from "./python.ts";
import { root } from "./repository.ts";

/** How a server of some language is started, and how it tells the check what it does as a process. */
export interface Runtime {
  command: string;
  args: readonly string[];
  stdio: StdioOptions;
  /** In milliseconds of patience: how long it may take to listen. */
  readyWithin: number;
  /** Opens the way to and from a preload that answers pings; see preload.cjs. */
  connect(child: ChildProcess, onMessage: (message: unknown) => void): Channel;
  /** Removes what was made to start it. */
  remove(): void;
}

export interface Channel {
  tell(message: object): void;
}

/**
 * @param entry absolute path of the server's file
 * @throws {Fault} for what is wrong with the file
 * @throws {CouldNotTell} when this machine cannot run it
 */
export function runtimeOf(entry: string): Promise<Runtime> {
  return extname(entry) === ".py" ? pythonRuntime(entry) : nodeRuntime(entry);
}

async function nodeRuntime(entry: string): Promise<Runtime> {
  const compiled = await compileServer(entry);
  return {
    command: process.execPath,
    args: [
      "--require",
      join(root, "checks", "kit", "preload.cjs"),
      "--enable-source-maps",
      compiled,
    ],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    readyWithin: 1_000,
    connect(child, onMessage) {
      child.on("message", onMessage);
      return {
        tell(message) {
          // The channel may close at any moment; then the exit tells what happened.
          if (child.connected) child.send(message, () => {});
        },
      };
    },
    remove: () => removeCompiled(compiled),
  };
}

async function pythonRuntime(entry: string): Promise<Runtime> {
  await assertFileThere(entry);
  const { command, args } = await findPython();
  return {
    command,
    args: [
      ...args,
      // What it prints comes at once, and no compiled files are left beside it.
      "-u",
      "-B",
      join(root, "checks", "kit", "preload.py"),
      entry,
    ],
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // Importing Flask alone takes longer than a server of ours.
    readyWithin: 8_000,
    connect(child, onMessage) {
      // There is none if the process could not be started.
      const pipe = child.stdio[3] as Duplex | null | undefined;
      pipe?.on("error", () => {});
      if (pipe)
        createInterface({ input: pipe }).on("line", (line) =>
          onMessage(JSON.parse(line)),
        );
      return {
        tell(message) {
          if (pipe?.writable) pipe.write(`${JSON.stringify(message)}\n`);
        },
      };
    },
    remove: () => {},
  };
}
