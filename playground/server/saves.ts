import { watch } from "chokidar";
import { basename } from "node:path";

/** One save is several events: a file is emptied, written, renamed. They are over after this, in ms. */
const SETTLED = 30;

/**
 * Calls `onSave` after each save of a program in a folder.
 *
 * @returns ends that
 */
export function followSaves(
  folder: string,
  onSave: () => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, {
    ignoreInitial: true,
    // Packages are no business of the learner's.
    ignored: (path) => basename(path) === "node_modules",
    usePolling: process.env.WORKSHOP_POLL === "1",
  });
  watcher.on("all", (_event, path) => {
    if (!isProgram(basename(path))) return;
    clearTimeout(timer);
    timer = setTimeout(onSave, SETTLED);
  });
  // A folder that cannot be watched any more: what was seen stays, and the buttons still work.
  watcher.on("error", () => {});
  return () => {
    clearTimeout(timer);
    return watcher.close();
  };
}

/** Not what the server itself may write. Compiled servers and editors' own files begin with a dot. */
function isProgram(name: string): boolean {
  return /^[^.].*\.([cm]?[jt]s|py)$/.test(name);
}
