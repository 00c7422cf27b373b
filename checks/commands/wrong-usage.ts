import * as messages from "./messages.ts";

/** What was typed cannot be meant: the message says what to type instead. Exit status 2. */
export class WrongUsage extends Error {
  override name = "WrongUsage";
}

/** One sentence for whoever typed the command; where an error came from is nobody's concern there. */
export function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof WrongUsage ? message : messages.broken(message);
}
