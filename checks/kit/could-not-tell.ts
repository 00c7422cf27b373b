/**
 * The check itself got into trouble: the machine is too slow for a time limit to mean anything, no
 * port is free, no process can be started. It never counts against the learner and never for them.
 */
export class CouldNotTell extends Error {
  override name = "CouldNotTell";
  /** What to do about it, where that is known. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
