import { examineDatabase } from "../kit/database-doctor.ts";

/**
 * Says how the workshop stands on this machine, and puts right what it can:
 * `npm run doctor`.
 *
 * @returns 0 where all is well, 1 where something is not
 */
export async function run(_words: string[]): Promise<number> {
  const { ok, lines } = await examineDatabase((line) => console.log(line));
  console.log(
    [`${ok ? "✓" : "✗ (failed)"} ${lines[0]}`, ...lines.slice(1)].join("\n"),
  );
  return ok ? 0 : 1;
}
