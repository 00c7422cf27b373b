import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A lock is held for a few milliseconds. One this old was left by a process that was killed. */
const FORGOTTEN = 2_000;
const PAUSE = 5;
/** Somebody who waits this long would wait for ever: the clock or the folder is not in order. */
const LONGEST = 5_000;

/**
 * Does `work` while no other process does its own under the same lock.
 *
 * @param path of the lock: a file that is there while the lock is held
 * @throws {NodeJS.ErrnoException} when no file can be made there, or when the lock never comes free
 */
export async function whileLocked<T>(
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  for (;;) {
    const obstacle = take(path);
    if (obstacle === null) break;
    if (performance.now() - began > LONGEST) throw obstacle;
    await sleep(PAUSE);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Takes the lock, or gives the error that says who is in the way. */
function take(path: string): Error | null {
  try {
    // "wx" makes the file or fails, in one step: only one process can be the one that made it.
    closeSync(openSync(path, "wx"));
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says EPERM while a file that was just removed is still going away.
    const isHeld =
      code === "EEXIST" || (code === "EPERM" && process.platform === "win32");
    if (!isHeld) throw error;
    removeForgotten(path);
    return error as Error;
  }
}

function removeForgotten(path: string): void {
  try {
    if (Date.now() - statSync(path).mtimeMs > FORGOTTEN)
      rmSync(path, { force: true });
  } catch {
    // It is gone meanwhile, which is what we are waiting for.
  }
}
