import { dirname } from "node:path";
import {
  CheckSession,
  type SessionListener,
  type SessionOptions,
} from "../kit/check-session.ts";
import { shown } from "../kit/repository.ts";
import { INTERRUPTED, interrupted } from "./interruption.ts";
import { Keyboard } from "./keyboard.ts";
import { type LessonName, loadLesson } from "./lessons.ts";
import * as messages from "./messages.ts";
import { type Subject, downloadTeller, subjectOf } from "./one-check.ts";
import { wrap } from "./paragraph.ts";
import { Telling } from "./telling.ts";
import { type Key, type Watched, keyActions, keysOf } from "./watch-keys.ts";
import { WatchScreen } from "./watch-screen.ts";
import { whereToBegin } from "./where-to-begin.ts";
import { sentenceOf } from "./wrong-usage.ts";

/** What checks a server again and again; see {@link CheckSession}. */
export interface Session {
  run(): Promise<void>;
  end(): void;
}

/** @param goTo watches another lesson instead */
export type OpenSession = (
  options: SessionOptions,
  listener: SessionListener,
  goTo: (lesson: LessonName) => void,
) => Session;

const ownSession: OpenSession = (options, listener) =>
  new CheckSession(options, listener);

/**
 * Checks, and checks again whenever a program in the server's folder is saved, until Ctrl-C or, where
 * there is a keyboard, the key q.
 *
 * @param opening lines that stand above the first report
 * @param openSession makes what checks, where somebody else looks on too
 * @returns the exit status
 */
export async function watch(
  subject: Subject,
  { plain }: { plain: boolean },
  opening: readonly string[] = [],
  openSession = ownSession,
): Promise<number> {
  const watched = new Watch(subject, plain, opening, openSession);
  const keyboard = Keyboard.open((key) => watched.press(key));
  watched.hasKeys = keyboard !== null;
  interrupted.addEventListener("abort", () => watched.quit(), { once: true });
  try {
    await watched.run();
  } finally {
    keyboard?.close();
  }
  return interrupted.aborted ? INTERRUPTED : 0;
}

/** One lesson after another, watched on one terminal. */
class Watch implements Watched {
  readonly screen: WatchScreen;
  readonly #plain: boolean;
  subject: Subject;
  hasKeys = false;
  readonly #openSession: OpenSession;
  #session: Session | undefined;
  #hasQuit = false;
  /** The lesson that was chosen to go on with. */
  #next: LessonName | undefined;
  /** When the first check of the subject began: the process's start, for the first subject. */
  #began = 0;

  constructor(
    subject: Subject,
    plain: boolean,
    opening: readonly string[],
    openSession: OpenSession,
  ) {
    this.subject = subject;
    this.#plain = plain;
    this.#openSession = openSession;
    this.screen = new WatchScreen({ plain }, opening, () => this.#footer());
  }

  async run(): Promise<void> {
    while (!this.#hasQuit) {
      await this.#watchSubject();
      if (this.#next === undefined) return;
      this.subject = subjectOf(this.#next, this.subject.lessons);
      this.screen.opening = whereToBegin(this.#next);
      this.#next = undefined;
      this.#began = performance.now();
    }
  }

  /** Resolves when the session has ended. */
  async #watchSubject(): Promise<void> {
    const { subject, screen, hasKeys } = this;
    const lesson = await loadLesson(subject.lesson.name);
    let telling: Telling;
    this.#session = this.#openSession(
      { ...subject, lesson, began: this.#began, onDownload: downloadTeller() },
      {
        begins: () => {
          const { linesTaken } = screen;
          screen.beginReport();
          telling = new Telling(subject, {
            plain: this.#plain,
            json: false,
            isWatching: true,
            hasKeys,
            linesTaken,
          });
        },
        judged: (requirement) => telling.add(requirement),
        ends: async (result) => {
          await telling.finish(result, lesson);
          screen.endReport();
        },
      },
      this.goTo,
    );
    if (!this.#hasQuit) await this.#session.run();
  }

  /** A key was pressed. While a report is growing, it waits. */
  press(key: string): void {
    if (this.screen.takesAnswer(key)) return;
    const known = keysOf(this.subject).find((one) => one === key);
    if (known === "q") this.quit();
    else if (known !== undefined)
      this.screen.whenComplete(() => void this.#act(known));
  }

  async #act(key: Key): Promise<void> {
    try {
      await keyActions[key](this);
    } catch (error) {
      const text = sentenceOf(error);
      await this.screen.tell((terminal) =>
        terminal.writeLines(wrap(text, terminal.width)),
      );
    }
  }

  readonly goTo = (lesson: LessonName): void => {
    this.#next = lesson;
    this.#session?.end();
  };

  readonly quit = (): void => {
    this.#hasQuit = true;
    this.#session?.end();
  };

  #footer(): string[] {
    const watching = messages.watching(shown(dirname(this.subject.entry)));
    return this.hasKeys
      ? [watching, messages.keyList(keysOf(this.subject))]
      : [`${watching} ${messages.ctrlCEnds}`];
  }
}
