import { randomUUID } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { TypeFault } from "./faults.ts";
import { cacheFolder, root, shown } from "./repository.ts";

/**
 * What TypeScript objects to in a server and in what it imports from its own files, first first.
 *
 * Unless a lesson is about types it is only asked for after a check has failed: a server that does
 * its work passes, whatever its types.
 *
 * @param files absolute paths; a JavaScript file is never objected to
 */
export async function typeFaults(
  files: readonly string[],
  signal?: AbortSignal,
): Promise<TypeFault[]> {
  if (!files.every((file) => /^\.[cm]?ts$/.test(extname(file)))) return [];
  const config = join(cacheFolder, `tsconfig.${randomUUID()}.json`);
  try {
    await mkdir(cacheFolder, { recursive: true });
    await writeFile(
      config,
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        include: [],
        files,
      }),
    );
    const output = await promisify(execFile)(
      process.execPath,
      [compilerPath(), "--project", config, "--pretty", "false"],
      { cwd: root, timeout: 10_000, signal },
    ).then(
      () => "",
      (error: { stdout?: string }) => error.stdout ?? "",
    );
    return readFaults(output);
  } catch {
    // It is an extra: without it the report says what it said before.
    return [];
  } finally {
    await rm(config, { force: true });
  }
}

function compilerPath(): string {
  return join(
    createRequire(join(root, "package.json")).resolve(
      "typescript/package.json",
    ),
    "../bin/tsc",
  );
}

function readFaults(output: string): TypeFault[] {
  return output.split("\n").flatMap((line) => {
    const found = /^(.+)\((\d+),\d+\): error TS\d+: (.+)$/.exec(line.trim());
    if (!found?.[1] || !found[2] || !found[3]) return [];
    return [
      new TypeFault(`${shown(resolve(root, found[1]))}:${found[2]}`, found[3]),
    ];
  });
}
