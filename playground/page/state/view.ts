import { computed, signal } from "@preact/signals";
import type { Picture } from "../../protocol.ts";
import { type Filter, everything } from "../wire/filter.ts";

/** What this page shows of it: nobody else needs to know. */

export type View =
  "lesson" | "check" | "clients" | "wire" | "database" | "users";

/** How many columns there is room for. */
export type Columns = 1 | 2 | 3;

export const columns = signal<Columns>(1);

/** In one column one view is shown, in several one in each group. */
export const shown = signal<Record<"one" | "left" | "right", View>>({
  one: "lesson",
  left: "lesson",
  right: "wire",
});

const left: ReadonlySet<View> = new Set(["lesson", "check"]);

/** Brings a view to the front, wherever it is. */
export function show(view: View): void {
  shown.value = {
    ...shown.value,
    one: view,
    ...(left.has(view) ? { left: view } : {}),
    ...(view === "database" || view === "users" || view === "wire"
      ? { right: view }
      : {}),
  };
}

export const filter = signal<Filter>(everything);
/** `seq` of the entry that is opened. */
export const opened = signal<number | null>(null);
/** Whether the newest entry is kept in sight. */
export const following = signal(true);
/** `seq` of the newest entry when that ended. */
export const leftAt = signal(0);

export function follow(on: boolean, newest: number): void {
  if (following.value && !on) leftAt.value = newest;
  following.value = on;
}

/** Who speaks, in the form that sends events. */
export const speaker = signal<string | null>(null);

export type OpenDialog =
  | { kind: "solution" }
  | { kind: "shortcuts" }
  | { kind: "picture"; picture: Picture }
  | { kind: "client"; name: string }
  | {
      kind: "confirm";
      title: string;
      text: string;
      yes: string;
      run: () => Promise<void>;
    };

export const dialog = signal<OpenDialog | null>(null);
export const closeDialog = () => {
  dialog.value = null;
};

/** One sentence at the lower edge: what was done, or why it could not be. */
export const notice = signal<{ text: string; bad: boolean } | null>(null);
export const say = (text: string, { bad = false } = {}) => {
  notice.value = { text, bad };
};

/** Keys that do something without Ctrl or Alt get in the way of some people's tools. */
export const shortcutsOn = signal(readShortcuts());

export function setShortcuts(on: boolean): void {
  shortcutsOn.value = on;
  localStorage.setItem("shortcuts", on ? "on" : "off");
}

function readShortcuts(): boolean {
  return (
    typeof localStorage === "undefined" ||
    localStorage.getItem("shortcuts") !== "off"
  );
}

export const dialogIsOpen = computed(() => dialog.value !== null);
