import type { WireEntry } from "../../protocol.ts";
import { connectedAfter } from "./steps.ts";
import { inTime } from "./time.ts";

/** What stands in the diagram below each other: entries, and words between them. */
export type WireRow =
  | {
      kind: "entry";
      entry: WireEntry;
      /** Clients that are connected here. */
      connected: ReadonlySet<string>;
      /** Whether this is the first that is not as it should be. */
      differs: boolean;
    }
  | { kind: "pause"; text: string }
  | { kind: "differs"; text: string };

/** A pause that is shown, in milliseconds: shorter ones look like one going over into the other. */
const PAUSE = 3_000;

/**
 * @param differs index of the first entry that is not as it should be, in a picture of a check
 */
export function rowsOf(
  entries: readonly WireEntry[],
  differs?: number,
): WireRow[] {
  const connected = connectedAfter(entries);
  return entries.flatMap((entry, index): WireRow[] => {
    const gap = entry.at - (entries[index - 1]?.at ?? entry.at);
    const row: WireRow = {
      kind: "entry",
      entry,
      connected: connected[index] ?? new Set<string>(),
      differs: index === differs,
    };
    return [
      ...(gap >= PAUSE
        ? [{ kind: "pause", text: `${inTime(gap)} later` } as const]
        : []),
      ...(row.differs
        ? [{ kind: "differs", text: "Here it differs" } as const]
        : []),
      row,
    ];
  });
}

/**
 * Rows to draw: those in sight and some around.
 *
 * @param height of a row, in the unit of `top` and `room`
 */
export function inSight(
  count: number,
  height: number,
  top: number,
  room: number,
): { first: number; end: number } {
  const around = 8;
  const first = Math.max(0, Math.floor(top / height) - around);
  const end = Math.min(count, Math.ceil((top + room) / height) + around);
  return { first: Math.min(first, end), end };
}
