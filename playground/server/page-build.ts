import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, root } from "../../checks/kit/repository.ts";

const page = join(root, "playground", "page");

/** Builds of the page, each in a folder of its own. */
const builds = join(dirname(cacheFolder), "workshop-page");

/**
 * The folder of the built page. It is built at the first start, and again only after one of its files
 * has changed: Vite is loaded for that alone.
 *
 * @throws {Error} when it cannot be built
 */
export async function builtPage(): Promise<string> {
  const folder = join(builds, fingerprint());
  if (!existsSync(folder)) await buildInto(folder);
  return folder;
}

async function buildInto(folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(builds, { recursive: true });
  const { build } = await import("vite");
  await build({
    configFile: join(page, "vite.config.ts"),
    build: { outDir: unfinished, emptyOutDir: true },
    logLevel: "error",
  });
  const old = await readdir(builds);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    // Two playgrounds that were started together both build; the first to finish is as good.
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  // A playground that runs has its page in memory.
  for (const name of old)
    if (/^[0-9a-f]+$/.test(name) && join(builds, name) !== folder)
      await rm(join(builds, name), { recursive: true, force: true });
}

/** A name that changes whenever one of the page's files, or of its packages, does. */
function fingerprint(): string {
  const hash = createHash("sha1");
  const files = [
    ...filesIn(page),
    join(root, "playground", "protocol.ts"),
    join(root, "package.json"),
  ];
  for (const file of files) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.endsWith(".test.ts"))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}
