import { starterFiles } from "../kit/lesson-files.ts";
import { readCommandLine } from "./command-line.ts";
import { replaceFiles } from "./lesson-folder.ts";
import { type LessonName, findLesson, readLessons } from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import { Terminal } from "./terminal.ts";
import { WrongUsage } from "./wrong-usage.ts";

const options = { plain: { type: "boolean", default: false } } as const;

/** `npm run reset 03`: the lesson begins anew. It loses nothing, so it does not ask. */
export async function run(words: string[]): Promise<number> {
  const { values, positionals } = readCommandLine("reset", words, options, 1);
  const [word] = positionals;
  if (word === undefined)
    throw new WrongUsage(messages.wrongUsage("reset", messages.nameLesson));
  tellReset(findLesson(word, readLessons()), new Terminal(values));
  return 0;
}

/** Puts the starter into the lesson's folder, and says where what was there is kept. */
export function tellReset(
  { name, number }: LessonName,
  terminal: Terminal,
  { closing = true } = {},
): void {
  const { changed, kept } = replaceFiles(name, starterFiles(name));
  const sentences =
    changed.length === 0
      ? [messages.alreadyStarter(number)]
      : [
          messages.resetDone(changed),
          ...(kept === null ? [] : [messages.keptIn(kept)]),
        ];
  if (closing) sentences.push(messages.checkAgain(number));
  terminal.writeLines(sentences.flatMap((text) => wrap(text, terminal.width)));
}
