import { type FSWatcher, watch as watchFolder } from "node:fs";
import { dirname } from "node:path";
import { shown } from "../kit/repository.ts";
import { INTERRUPTED, interrupted, interruption } from "./interruption.ts";
import * as messages from "./messages.ts";
import { type Subject, checkOne } from "./one-check.ts";
import { Terminal } from "./terminal.ts";

/**
 * Checks, and checks again whenever a program in the server's folder is saved, until Ctrl-C. A save
 * during a check ends that check: its verdict would be one on yesterday's code.
 *
 * @param linesAbove lines on the screen that are to stay until the first save
 */
export async function watch(
  subject: Subject,
  { plain }: { plain: boolean },
  linesAbove = 0,
): Promise<number> {
  const terminal = new Terminal({ plain });
  const folder = dirname(subject.entry);
  const footer = ["", messages.watching(shown(folder))];
  let linesTaken = linesAbove + footer.length;
  const saves = new Saves(folder);
  for (let began = 0; !interrupted.aborted; began = performance.now()) {
    const outdated = new AbortController();
    const saved = saves.next().then(() => outdated.abort());
    const verdict = await checkOne(subject, {
      plain,
      linesTaken,
      json: false,
      isWatching: true,
      signal: AbortSignal.any([interrupted, outdated.signal]),
      began,
    });
    if (verdict !== null) terminal.writeLines(footer);
    await Promise.race([saved, interruption]);
    if (!interrupted.aborted) terminal.clear();
    linesTaken = footer.length;
  }
  saves.end();
  return INTERRUPTED;
}

/** One save is several events: a file is emptied, written, renamed. They are over after this, in ms. */
const SETTLED = 30;

/** The moments at which a learner saves a file in a folder. */
class Saves {
  readonly #watcher: FSWatcher;
  #timer: NodeJS.Timeout | undefined;
  #wake = () => {};

  /** @throws {Error} when the folder cannot be watched */
  constructor(folder: string) {
    this.#watcher = watchFolder(folder, (_event, name) => {
      if (!isTheirs(name)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#wake(), SETTLED);
    });
  }

  /** Resolves at the next save. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  end(): void {
    this.#watcher.close();
    clearTimeout(this.#timer);
  }
}

/**
 * A program, not a file that the server itself may write while it is checked. Compiled servers and
 * what editors write for themselves begin with a dot.
 */
function isTheirs(name: string | null): boolean {
  return name !== null && /^[^.].*\.([cm]?[jt]s|py)$/.test(name);
}
