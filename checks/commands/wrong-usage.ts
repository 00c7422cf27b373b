/** What was typed cannot be meant: the message says what to type instead. Exit status 2. */
export class WrongUsage extends Error {
  override name = "WrongUsage";
}
