import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "../kit/repository.ts";

/** What a check may leave behind if it is not careful. */
export interface Traces {
  /** Processes that have a file of the workshop in their command line, by their ids. */
  processes: Map<number, string>;
  /** What is in the folder for temporary files, and compiled servers, as paths. */
  files: Set<string>;
}

/**
 * Makes this process, and all that it starts, put temporary files into a folder of its own, so that
 * nobody else's are taken for theirs. It goes with the process.
 */
export function useOwnTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), "socket-io-workshop-proof-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // The one that is read depends on the system: see os.tmpdir().
  for (const name of ["TMPDIR", "TEMP", "TMP"]) process.env[name] = folder;
}

/** What is there of it just now. */
export function readTraces(): Traces {
  const processes = new Map(
    [...commandLines()].filter(
      ([pid, line]) => pid !== process.pid && line.includes(root),
    ),
  );
  const temporary = readdirSync(tmpdir()).map((name) => join(tmpdir(), name));
  const compiled = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter(
      (path) =>
        !path.includes("node_modules") && basename(path).startsWith(".server."),
    )
    .map((path) => join(root, path));
  return { processes, files: new Set([...temporary, ...compiled]) };
}

/** What was not there before, a line each. A process that is gone has no port any more. */
export function leftSince(before: Traces): string[] {
  const now = readTraces();
  return [
    ...[...now.processes]
      .filter(([pid]) => !before.processes.has(pid))
      .map(([pid, line]) => `the process ${pid} goes on: ${line}`),
    ...[...now.files]
      .filter((file) => !before.files.has(file))
      .map((file) => `a file was left: ${file}`),
  ];
}

/** The command lines of all processes, by their ids. */
function commandLines(): Map<number, string> {
  return existsSync("/proc/self/cmdline") ? fromProc() : fromProgram();
}

/** https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html */
function fromProc(): Map<number, string> {
  const lines = new Map<number, string>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, "utf8");
      lines.set(Number(name), line.replaceAll("\0", " ").trim());
    } catch {
      // It has ended meanwhile.
    }
  }
  return lines;
}

function fromProgram(): Map<number, string> {
  const [program, ...words] =
    process.platform === "win32"
      ? [
          "powershell",
          "-NoProfile",
          "-Command",
          'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }',
        ]
      : ["ps", "-A", "-o", "pid=,args="];
  const text = execFileSync(program as string, words, { encoding: "utf8" });
  return new Map(
    text.split(/\r?\n/).flatMap((line): [number, string][] => {
      const [, pid, args] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined || args === undefined
        ? []
        : [[Number(pid), args]];
    }),
  );
}
