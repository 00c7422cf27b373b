import {
  type ChildProcess,
  type StdioOptions,
  spawn,
} from "node:child_process";
import { join } from "node:path";
import { root } from "./repository.ts";

/** Groups that are alive now. Whatever ends this process ends them. */
const alive = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of alive) killGroup(child);
});

/** What a process group of its own is started with. */
export interface GroupOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdio: StdioOptions;
}

/** Starts a program as the leader of a process group, so that it ends with everything it started. */
export function spawnGroup(
  command: string,
  args: readonly string[],
  options: GroupOptions,
): ChildProcess {
  const child = spawn(command, args, {
    ...options,
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  alive.add(child);
  for (const end of ["exit", "error"])
    child.once(end, () => alive.delete(child));
  return child;
}

/** Starts plain Node with the preload, and with what a learner's file was compiled to. */
export function spawnNode(
  args: readonly string[],
  options: GroupOptions,
): ChildProcess {
  const preload = join(root, "checks", "kit", "preload.cjs");
  return spawnGroup(
    process.execPath,
    ["--require", preload, "--enable-source-maps", ...args],
    options,
  );
}

/**
 * Starts the process of a compiled server, with its console in pipes.
 *
 * @param waits whether it waits at the gate, on a pipe at {@link GATE}; see waiting-server.ts
 */
export function spawnServer(
  compiled: string,
  { cwd, env, waits }: { cwd: string; env: NodeJS.ProcessEnv; waits: boolean },
): ChildProcess {
  const gate = waits ? (["pipe"] as const) : [];
  const stdio = ["ignore", "pipe", "pipe", "ipc", ...gate] as const;
  return spawnNode([compiled], { cwd, env, stdio: [...stdio] });
}

/** The number of the pipe at which a server's process waits, among its streams. */
export const GATE = 4;

/** Ends a server's process and everything that it started, at once and without waiting for it. */
export function killGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === "win32") {
    if (hasNotEnded(child))
      spawn("taskkill", ["/pid", String(pid), "/T", "/F"], {
        stdio: "ignore",
        windowsHide: true,
      });
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already.
  }
}

export function hasNotEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
