import { basename } from "node:path";
import { CouldNotTell } from "./could-not-tell.ts";
import type { Mistake, World } from "./lesson.ts";
import { freePort } from "./ports.ts";
import { show } from "./show.ts";
import { Unmet, inWords } from "./unmet.ts";

/** A server that cannot begin ends, with one line on standard error for whoever has started it. */

export const A_STACK = "a stack of calls";
const NOTHING = "nothing at all";
const ON_STDOUT = "nothing on standard error, and this on standard output: ";

/** What people get wrong about the end itself. */
export const endMistakes: readonly Mistake[] = [
  {
    id: "exit-code-0",
    looksLike: ({ received }) => received.startsWith("exit code 0"),
    hint: "It ended as if all had gone well: exit code 0. What has started it, a script say, cannot see the line; it sees the code.",
  },
  {
    id: "stack",
    looksLike: ({ received }) => received.startsWith(A_STACK),
    hint: "What is printed is Node's own account: where in the code it happened. Whoever starts the server has to do something about a file; say which one, in a line.",
  },
  {
    id: "on-standard-output",
    looksLike: ({ received }) => received.startsWith(ON_STDOUT),
    hint: "The line went to standard output. What goes wrong goes to standard error, so that it is seen when the other one is sent to a file.",
  },
  {
    id: "silent",
    looksLike: ({ received }) => received === NOTHING,
    hint: "It ended without a word. Whoever started it does not know why.",
  },
  {
    id: "too-many-lines",
    looksLike: ({ received }) => /^\d+ lines/.test(received),
    hint: "It says more than one line. The first thing to do should stand there alone.",
  },
];

/**
 * Starts the server so that it cannot begin.
 *
 * @param when what is wrong, in the words of a report, such as "without TLS_CERT_FILE"
 * @returns what it says before it ends
 * @throws {Unmet} when it does not end with one line on standard error
 * @throws {CouldNotTell} when another program has taken its port
 */
export async function givesUp(
  { run, server }: World,
  when: string,
  env: Record<string, string | undefined>,
): Promise<string> {
  const end = await inWords(
    `${when} `,
    run(basename(server.entry), {
      env: { ...env, PORT: String(await freePort()) },
      words: when,
    }),
  );
  const expected = `${when} it ends with one line on standard error`;
  const lines = end.errorOutput.filter(
    (line) => line.trim() !== "" && !isNodesWarning(line),
  );
  const [line = ""] = lines;
  if (end.error?.includes("EADDRINUSE"))
    throw new CouldNotTell("another program was quicker to take a free port");
  if (end.error !== null)
    throw new Unmet(expected, `${A_STACK}, of ${end.error}`);
  if (lines.some((each) => /^\s+at .+:\d+/.test(each)))
    throw new Unmet(expected, `${A_STACK}, below “${line}”`);
  if (end.code === 0)
    throw new Unmet(`${when} it ends with another exit code`, "exit code 0");
  if (lines.length === 0)
    throw new Unmet(
      expected,
      end.output.length === 0 ? NOTHING : `${ON_STDOUT}“${end.output[0]}”`,
    );
  if (lines.length > 1)
    throw new Unmet(
      expected,
      `${lines.length} lines: ${show(lines.slice(0, 3))}`,
    );
  return line;
}

function isNodesWarning(line: string): boolean {
  return /^\(node:\d+\)|^\(Use `node --trace/.test(line);
}
