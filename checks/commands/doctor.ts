import { examineDatabase } from "../kit/database-doctor.ts";
import { readCommandLine } from "./command-line.ts";
import { statusLines } from "./report.ts";
import { Terminal } from "./terminal.ts";

/**
 * `npm run doctor`: says how the workshop stands on this machine, and what mends it.
 *
 * @returns 0 where all is well, 1 where something is not
 */
export async function run(words: string[]): Promise<number> {
  const options = { plain: { type: "boolean", default: false } } as const;
  const { values } = readCommandLine("doctor", words, options, 0);
  const terminal = new Terminal(values);
  const { ok, lines } = await examineDatabase((line) =>
    terminal.writeLines([line]),
  );
  const [first = "", ...others] = lines;
  terminal.writeLines([
    ...statusLines(ok ? "passed" : "failed", first, terminal),
    ...others,
  ]);
  return ok ? 0 : 1;
}
