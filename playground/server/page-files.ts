import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

/** One file of the page as it is served. */
export interface PageFile {
  type: string;
  content: Buffer;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/**
 * Reads the built page into memory, by the path that it is asked for under. So nothing but these files
 * can be asked for, and a page that is built anew disturbs nobody.
 */
export async function readPage(folder: string): Promise<Map<string, PageFile>> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file): Promise<[string, PageFile]> => {
        const path = `/${relative(folder, file).split(sep).join("/")}`;
        return [
          path === "/index.html" ? "/" : path,
          {
            type: types[extname(file)] ?? "application/octet-stream",
            content: await readFile(file),
          },
        ];
      }),
    ),
  );
}
