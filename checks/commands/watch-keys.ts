import { lessonAfter } from "./closing.ts";
import { hasTried, tellDiff } from "./diff.ts";
import { tellHint } from "./hint.ts";
import { isUntouched } from "./lesson-folder.ts";
import { type LessonName, labelOf } from "./lessons.ts";
import { tellList } from "./list.ts";
import * as messages from "./messages.ts";
import type { Subject } from "./one-check.ts";
import { tellOpened } from "./open-in-editor.ts";
import { wrap } from "./paragraph.ts";
import { type Progress, ProgressFile, isPassed } from "./progress.ts";
import { tellReset } from "./reset.ts";
import type { WatchScreen, Write } from "./watch-screen.ts";

/** A watch, as far as its keys have to do with it. */
export interface Watched {
  readonly subject: Subject;
  readonly screen: WatchScreen;
  /** Watches another lesson from now on. */
  goTo(lesson: LessonName): void;
  quit(): void;
}

export type Key = keyof typeof messages.keys;

/** The keys that mean something for what is watched: of another file, most would say nothing true. */
export function keysOf({ kind }: Subject): Key[] {
  return kind === "lesson" ? ["h", "d", "n", "l", "r", "o", "q"] : ["l", "q"];
}

/** What each key does. */
export const keyActions: Readonly<
  Record<Key, (watched: Watched) => Promise<void> | void>
> = {
  h: ({ subject, screen }) =>
    screen.tell((terminal) =>
      tellHint(subject.lesson, terminal, { closing: false }),
    ),

  async d({ subject: { lesson }, screen }) {
    const show =
      hasTried(await readProgress(), lesson) ||
      (await screen.ask(messages.showSolution(lesson.number)));
    if (show) await screen.tell((terminal) => tellDiff(lesson, terminal));
  },

  async n({ subject: { lesson, lessons }, screen, goTo }) {
    const progress = await readProgress();
    const next = lessonAfter(lesson, lessons, progress);
    if (!isPassed(progress, lesson))
      await screen.tell(sentence(messages.notPassedYet(labelOf(lesson))));
    else if (next === undefined)
      await screen.tell(sentence(messages.allPassed(lessons.length)));
    else goTo(next);
  },

  l: async ({ screen }) => {
    const progress = await readProgress();
    await screen.tell((terminal) => tellList(progress, terminal));
  },

  async r({ subject: { lesson }, screen }) {
    if (!(await screen.ask(messages.resetLesson(lesson.number)))) return;
    const reset: Write = (terminal) =>
      tellReset(lesson, terminal, { closing: false });
    if (isUntouched(lesson.name)) return screen.tell(reset);
    // It changes the files, so a check follows: what was kept where stands above its report.
    screen.opening = [...(await screen.lines(reset)), ""];
  },

  o: ({ subject, screen }) =>
    screen.tell((terminal) => tellOpened(subject.lesson, terminal)),

  q: ({ quit }) => quit(),
};

function sentence(text: string): Write {
  return (terminal) => terminal.writeLines(wrap(text, terminal.width));
}

async function readProgress(): Promise<Progress> {
  const { progress } = await new ProgressFile().read();
  return progress;
}
