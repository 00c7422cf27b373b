import { batch, signal } from "@preact/signals";
import type {
  Changed,
  CheckState,
  ClientState,
  DatabaseState,
  LessonInList,
  LessonState,
  ServerState,
  State,
  WireAdded,
  WireState,
} from "../../protocol.ts";

/** What the playground has told this page. Only this module changes it. */

export const lessons = signal<LessonInList[]>([]);
/** `null` until the playground has answered for the first time. */
export const lesson = signal<LessonState | null>(null);
export const check = signal<CheckState | null>(null);
export const server = signal<ServerState | null>(null);
export const clients = signal<ClientState[]>([]);
export const database = signal<DatabaseState | null>(null);
export const wire = signal<WireState>({ entries: [], limit: 0, dropped: 0 });
/** `seq` of the newest entry before the last batch: those behind it are drawn as new. */
export const freshAfter = signal(0);

/** The number of the last change that is in the state. */
let change = 0;

/** Takes everything at once. */
export function take(state: State): void {
  batch(() => {
    change = state.change;
    takeParts(state);
    wire.value = state.wire;
    freshAfter.value = state.wire.entries.at(-1)?.seq ?? 0;
  });
}

/**
 * Takes parts that have changed.
 *
 * @returns whether nothing was missed before it; if something was, nothing is taken
 */
export function takeChanged(changed: Changed): boolean {
  if (changed.change !== change + 1) return false;
  batch(() => {
    change = changed.change;
    takeParts(changed);
  });
  return true;
}

/**
 * Takes what was added to the timeline.
 *
 * @returns as `takeChanged` does
 */
export function takeWire(added: WireAdded): boolean {
  if (added.change !== change + 1) return false;
  change = added.change;
  batch(() => {
    const { entries, dropped, limit } = wire.value;
    freshAfter.value = entries.at(-1)?.seq ?? 0;
    const before = added.cleared ? [] : entries;
    const all = [...before, ...added.entries];
    const tooMany = Math.max(0, all.length - limit);
    wire.value = {
      limit,
      entries: all.slice(tooMany),
      dropped: (added.cleared ? 0 : dropped) + tooMany,
    };
  });
  return true;
}

function takeParts(parts: Partial<State>): void {
  if (parts.lessons !== undefined) lessons.value = parts.lessons;
  if (parts.lesson !== undefined) lesson.value = parts.lesson;
  if (parts.check !== undefined) check.value = parts.check;
  if (parts.server !== undefined) server.value = parts.server;
  if (parts.clients !== undefined) clients.value = parts.clients;
  if (parts.database !== undefined) database.value = parts.database;
}
