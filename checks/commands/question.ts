import { createInterface } from "node:readline";

/**
 * Asks a question that is answered by yes or no. Whatever does not begin with a y is a no, and so is
 * the end of the input.
 */
export function confirm(
  question: string,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Promise<boolean> {
  // Not as a terminal: so Ctrl-C stays the signal that ends every command.
  const lines = createInterface({ input, terminal: false });
  output.write(`${question} `);
  return new Promise((resolve) => {
    lines.once("line", (answer) => {
      resolve(/^\s*y/i.test(answer));
      lines.close();
    });
    lines.once("close", () => resolve(false));
  });
}
