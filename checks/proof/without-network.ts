import { spawnSync } from "node:child_process";

/** Starts what stands behind it in a network of its own, in which there is only this machine. */
const ALONE = [
  "unshare",
  "--map-root-user",
  "--net",
  "--",
  "sh",
  "-c",
  'ip link set lo up && exec "$@"',
  "sh",
] as const;

/**
 * The words before a command that cut it, and all that it starts, off from the network.
 *
 * @returns `null` where that cannot be done: it takes Linux, with unshare and ip
 */
export function withoutNetwork(): readonly [string, ...string[]] | null {
  const [program, ...words] = ALONE;
  const { status } = spawnSync(program, [
    ...words,
    process.execPath,
    "-e",
    "0",
  ]);
  return status === 0 ? ALONE : null;
}
