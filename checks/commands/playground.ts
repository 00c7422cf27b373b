import { startPlayground } from "../../playground/server/start.ts";
import { openInBrowser } from "./browser.ts";
import { readCommandLine } from "./command-line.ts";
import { INTERRUPTED, interruption } from "./interruption.ts";
import { currentLesson, findLesson, labelOf, readLessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import { ProgressFile, isPassed } from "./progress.ts";

const options = { "no-open": { type: "boolean", default: false } } as const;

/** `npm run playground`: the page on which one sees what one's server does, until Ctrl-C. */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine(
    "playground",
    words,
    options,
    1,
  );
  const [word] = positionals;
  const lessons = readLessons();
  const { progress, notice } = await new ProgressFile().read();
  if (notice !== null) process.stderr.write(`${notice}\n`);
  const lesson =
    word === undefined
      ? currentLesson(lessons, (one) => isPassed(progress, one))
      : findLesson(word, lessons);

  const { playground, url, page, end } = await startPlayground({ lessons });
  // The browser takes its time too, so both begin as early as they can.
  if (!values["no-open"] && openInBrowser(url)) void page();
  await playground.open(lesson);
  process.stdout.write(
    `${messages.playground(labelOf(lesson), url).join("\n")}\n`,
  );
  await interruption;
  await end();
  return INTERRUPTED;
}
