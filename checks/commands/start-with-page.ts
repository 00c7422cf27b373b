import { startPlayground } from "../../playground/server/start.ts";
import type { Playground } from "../../playground/server/playground.ts";
import { openInBrowser } from "./browser.ts";
import type { LessonName, Lessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import type { Subject } from "./one-check.ts";
import { wrap } from "./paragraph.ts";
import { Terminal } from "./terminal.ts";
import { type OpenSession, watch } from "./watch.ts";

/**
 * Watches a lesson on the terminal and on the playground's page at once: the same checks are told on
 * both, and whoever goes on to another lesson on one of them does so on the other.
 *
 * @returns the exit status
 */
export async function watchWithPage(
  subject: Subject,
  { plain }: { plain: boolean },
  opening: readonly string[],
): Promise<number> {
  const { lessons } = subject;
  let goTo = (_lesson: LessonName) => {};
  const { playground, url, page, end } = await startPlayground({
    lessons,
    onChoice: (lesson) => goTo(lesson),
  });
  const openSession: OpenSession = (options, listener, onwards) => {
    goTo = onwards;
    return sessionOn(playground, lessons, options, listener);
  };
  if (openInBrowser(url)) void page();
  const { width } = new Terminal({ plain });
  const address = messages
    .pageOfStart(url)
    .flatMap((text) => wrap(text, width));
  try {
    return await watch(
      subject,
      { plain },
      [...opening, ...address, ""],
      openSession,
    );
  } finally {
    await end();
  }
}

/** A session that goes on as long as its lesson is open in the playground. */
function sessionOn(
  playground: Playground,
  lessons: Lessons,
  { lesson: { name }, began, onDownload }: Parameters<OpenSession>[0],
  listener: Parameters<OpenSession>[1],
): ReturnType<OpenSession> {
  const lesson = lessons.find((one) => one.name === name) ?? lessons[0];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    async run() {
      await playground.open(lesson, { listener, began, onDownload });
      await ended;
    },
    end: () => end(),
  };
}
