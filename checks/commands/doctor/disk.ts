import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, shown } from "../../kit/repository.ts";
import { doctor as messages } from "../messages.ts";
import { type Finding, good, note, trouble } from "./finding.ts";

const MB = 1_000_000;
/** The caches and a database of a check. */
const NEEDED = 200 * MB;
/** A mongod that is downloaded, and its files. */
const COMFORTABLE = 1_500 * MB;

/** Whether there is room where the workshop and its databases are. */
export function examineDisk(freeAt = freeBytes): Finding {
  const [{ folder, free }] = [root, tmpdir()]
    .map((folder) => ({ folder, free: freeAt(folder) }))
    .toSorted((a, b) => a.free - b.free) as [{ folder: string; free: number }];
  if (free < NEEDED)
    return trouble(
      "disk",
      messages.diskFull(folder, free),
      messages.makeRoom(NEEDED),
    );
  if (free < COMFORTABLE)
    return note(
      "disk",
      messages.diskNearlyFull(folder, free),
      messages.makeRoom(COMFORTABLE),
    );
  return good("disk", messages.disk(free));
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Whether the learner can save, and the workshop can keep the progress. */
export function examineFolders(isWritable = canWrite): Finding {
  const refused = [
    root,
    join(root, "lessons"),
    join(root, "node_modules"),
  ].filter((folder) => !isWritable(folder));
  return refused.length === 0
    ? good("folders", messages.folders(root))
    : trouble(
        "folders",
        messages.foldersRefused(refused.map((folder) => shown(folder) || root)),
        messages.copyToOwnDisk,
      );
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
