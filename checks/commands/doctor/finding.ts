/** How one thing stands on this machine, as `npm run doctor -- --json` prints it. */
export interface Finding {
  /** Stable name for programs, such as `port`. */
  id: string;
  /** `note`: it works, and there is something to know. `trouble`: something will not work. */
  state: "good" | "note" | "trouble";
  text: string;
  /** What else there is to know, one line each. */
  details: string[];
  /** The command that mends it, or what to do; `null` where nothing needs to be done. */
  mend: string | null;
}

export function good(
  id: string,
  text: string,
  details: string[] = [],
): Finding {
  return { id, state: "good", text, details, mend: null };
}

export function note(id: string, text: string, mend: string | null): Finding {
  return { id, state: "note", text, details: [], mend };
}

export function trouble(
  id: string,
  text: string,
  mend: string | null,
): Finding {
  return { id, state: "trouble", text, details: [], mend };
}
