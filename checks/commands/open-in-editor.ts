import { spawn } from "node:child_process";
import { basename, dirname, extname, join } from "node:path";
import { lessonFile } from "../kit/lesson-files.ts";
import { root, shown } from "../kit/repository.ts";
import { type LessonName, readmeOf } from "./lessons.ts";
import * as messages from "./messages.ts";
import { wrap } from "./paragraph.ts";
import type { Terminal } from "./terminal.ts";

/** Opens a lesson's text and its server, and says what was opened; where nothing can, where they are. */
export async function tellOpened(
  lesson: LessonName,
  terminal: Terminal,
): Promise<void> {
  const files = [join(root, readmeOf(lesson)), lessonFile(lesson.name)];
  const opener = await firstThatStarts(
    openersFor(files, process.env, process.platform),
  );
  const names = files.map(shown);
  const text =
    opener === undefined
      ? messages.openYourself(names)
      : messages.opened(opener.name, names);
  terminal.writeLines(wrap(text, terminal.width));
}

/** A program that opens files in a window of its own. */
export interface Opener {
  /** As the learner is told. */
  name: string;
  program: string;
  words: readonly string[];
}

/** These need the terminal for themselves, which is in use. */
const inTerminal = [
  "vi",
  "vim",
  "nvim",
  "nano",
  "pico",
  "emacs",
  "micro",
  "hx",
  "helix",
  "kak",
  "joe",
  "ne",
  "mcedit",
  "ed",
];

/** What may open these files here: the learner's editor, then the program that shows folders. */
export function openersFor(
  files: readonly string[],
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Opener[] {
  const openers: Opener[] = [];
  const [editor = "", ...words] = editorOf(environment);
  const name = basename(editor, extname(editor));
  if (editor !== "" && !inTerminal.includes(name))
    openers.push({ name, program: editor, words: [...words, ...files] });
  const shower = folderShower(environment, platform);
  const folder = dirname(files.at(-1) ?? root);
  if (shower !== null)
    openers.push({ name: shower, program: shower, words: [folder] });
  return openers;
}

async function firstThatStarts(
  openers: readonly Opener[],
): Promise<Opener | undefined> {
  for (const opener of openers) if (await starts(opener)) return opener;
  return undefined;
}

/** A program and its words, as `code --new-window`. */
function editorOf({
  VISUAL,
  EDITOR,
  TERM_PROGRAM,
}: NodeJS.ProcessEnv): string[] {
  const named = VISUAL || EDITOR || (TERM_PROGRAM === "vscode" ? "code" : "");
  const parts = named.match(/"[^"]+"|\S+/g) ?? [];
  return parts.map((part) => part.replaceAll('"', ""));
}

function folderShower(
  { DISPLAY, WAYLAND_DISPLAY }: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string | null {
  if (platform === "darwin") return "open";
  if (platform === "win32") return "explorer";
  return DISPLAY || WAYLAND_DISPLAY ? "xdg-open" : null;
}

/** Starts it, and leaves it to itself. */
function starts({ program, words }: Opener): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd: root,
      stdio: "ignore",
      detached: true,
      windowsHide: true,
    });
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
    child.once("error", () => resolve(false));
  });
}
