import { realpathSync, statSync } from "node:fs";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  relative,
  resolve,
} from "node:path";
import { root } from "../kit/repository.ts";
import { readCommandLine, typedFrom } from "./command-line.ts";
import * as messages from "./messages.ts";
import { WrongUsage } from "./wrong-usage.ts";

/** What was asked of `npm run check`. */
export interface CheckRequest {
  /** As it was typed; the current lesson if nothing was. */
  lesson: string | undefined;
  /** Absolute path of another file to check, inside the repository. */
  entry: string | undefined;
  solution: boolean;
  all: boolean;
  earlier: boolean;
  watch: boolean;
  json: boolean;
  plain: boolean;
}

const options = {
  entry: { type: "string" },
  solution: { type: "boolean", default: false },
  all: { type: "boolean", default: false },
  earlier: { type: "boolean", default: false },
  watch: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
} as const;

/** What would say two different things at once. */
const contradictions = [
  ["entry", "solution"],
  ["all", "lesson"],
  ["all", "entry"],
  ["all", "watch"],
  ["all", "earlier"],
  ["earlier", "watch"],
  ["json", "watch"],
] as const;

/** @throws {WrongUsage} with what to type instead */
export function readCheckRequest(words: string[]): CheckRequest {
  const { values, positionals } = readCommandLine("check", words, options, 1);
  const [lesson] = positionals;
  const given = { ...values, lesson };
  for (const [one, other] of contradictions)
    if (given[one] && given[other])
      throw new WrongUsage(
        messages.wrongUsage(
          "check",
          messages.notTogether(asTyped(one), asTyped(other)),
        ),
      );
  const { entry } = values;
  return {
    ...given,
    entry: entry === undefined ? undefined : findEntry(entry),
  };
}

function asTyped(name: string): string {
  return name === "lesson" ? "a lesson" : `--${name}`;
}

/** @throws {WrongUsage} when it is no file, or not in the repository */
function findEntry(typed: string): string {
  const path = resolve(typedFrom(), typed);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new WrongUsage(messages.entryMissing(typed));
  if (stats.isDirectory()) throw new WrongUsage(messages.entryIsFolder(typed));
  // Through a link or a short name the same folder may have another path.
  const entry = join(realpathSync.native(dirname(path)), basename(path));
  const fromRoot = relative(realpathSync.native(root), entry);
  if (fromRoot.startsWith("..") || isAbsolute(fromRoot))
    throw new WrongUsage(messages.entryOutside(typed));
  return join(root, fromRoot);
}
