import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { isProgram } from "./lesson-files.ts";

/** One save is several changes: a file is emptied, written, renamed. It is over after this, in ms. */
const SETTLED = 25;

/** How often a folder is looked at whose file system tells of changes, and one that tells nothing. */
const LOOKS = { told: 1_000, untold: 150 };

/**
 * The moments at which a learner saves a program in a folder.
 *
 * The file system's events only say when to look; what is seen then decides. So it does not matter
 * how an editor saves (in place, by renaming, by deleting first), and which events get lost. Where
 * none come at all, as on network drives and in some containers, it looks by itself, at first once a
 * second. `WORKSHOP_POLL=1` says beforehand that none will come.
 */
export class Saves {
  readonly #folder: string;
  readonly #onSave: (since: number) => void;
  readonly #watcher: FSWatcher | null;
  #looks: NodeJS.Timeout;
  #seen: string;
  /** When the save that is going on was noticed first. */
  #since: number | null = null;
  #settling: NodeJS.Timeout | undefined;

  /** @param onSave called after each save, with the time of `performance.now()` when it was noticed */
  constructor(
    folder: string,
    onSave: (since: number) => void,
    { events = !process.env.WORKSHOP_POLL }: { events?: boolean } = {},
  ) {
    this.#folder = folder;
    this.#onSave = onSave;
    this.#seen = stateOf(folder);
    this.#looks = this.#lookEvery(events ? LOOKS.told : LOOKS.untold);
    this.#watcher = events ? this.#watch() : null;
  }

  end(): void {
    clearInterval(this.#looks);
    clearTimeout(this.#settling);
    void this.#watcher?.close();
  }

  #watch(): FSWatcher {
    return watch(this.#folder, {
      depth: 0,
      ignored: (path, stats) =>
        stats?.isFile() === true && !isProgram(basename(path)),
    })
      .on("all", () => this.#look())
      .on("error", () => this.#comeNoEvents());
  }

  #lookEvery(ms: number): NodeJS.Timeout {
    return setInterval(() => {
      if (this.#look() && this.#watcher !== null) this.#comeNoEvents();
    }, ms);
  }

  /** From now on a save is noticed as soon without them. */
  #comeNoEvents(): void {
    clearInterval(this.#looks);
    this.#looks = this.#lookEvery(LOOKS.untold);
  }

  /** Whether something has changed since the last look. */
  #look(): boolean {
    const state = stateOf(this.#folder);
    if (state === this.#seen) return false;
    this.#seen = state;
    this.#since ??= performance.now();
    this.#settle();
    return true;
  }

  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const since = this.#since;
      if (this.#look() || since === null) return;
      this.#since = null;
      this.#onSave(since);
    }, SETTLED);
  }
}

/** Changes whenever a program in the folder does. */
function stateOf(folder: string): string {
  try {
    return readdirSync(folder)
      .filter(isProgram)
      .sort()
      .map((name) => `${name} ${stampOf(join(folder, name))}`)
      .join("\n");
  } catch {
    // The folder may be away for a moment, as while another version is checked out.
    return "";
  }
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined
    ? ""
    : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}
