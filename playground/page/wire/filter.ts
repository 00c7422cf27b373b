import type { WireEntry, WireKind } from "../../protocol.ts";

/** What is shown of the wire. */
export interface Filter {
  /** A part of anything that stands in an entry; upper and lower case are the same. */
  text: string;
  hidden: ReadonlySet<Group>;
}

export type Group = keyof typeof groups;

/** Kinds that are shown or hidden together, as they are called on the page. */
export const groups = {
  "Line up and down": [
    "connect",
    "connected",
    "recovered",
    "refused",
    "upgrade",
    "disconnected",
    "cut",
    "mended",
  ],
  Events: ["emit", "event", "ack"],
  HTTP: ["request", "response"],
  Console: ["console"],
  Database: ["command", "reply"],
} as const satisfies Readonly<Record<string, readonly WireKind[]>>;

export const groupNames = Object.keys(groups) as Group[];

export const everything: Filter = { text: "", hidden: new Set() };

const groupOf = new Map(
  groupNames.flatMap((group) =>
    groups[group].map((kind): [WireKind, Group] => [kind, group]),
  ),
);

/** The entries to show. Starts, faults and what was left out are never hidden by their kind. */
export function filtered(
  entries: readonly WireEntry[],
  { text, hidden }: Filter,
): readonly WireEntry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "" && hidden.size === 0) return entries;
  return entries.filter((entry) => {
    const group = groupOf.get(entry.kind);
    if (group !== undefined && hidden.has(group)) return false;
    return wanted === "" || wordsOf(entry).includes(wanted);
  });
}

function wordsOf({ from, to, text, payload }: WireEntry): string {
  return `${from} ${to ?? ""} ${text} ${payload?.text ?? ""}`.toLowerCase();
}
