import { join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cacheFolder, root } from "./repository.ts";

/**
 * The folder of the compiled modules that this code is one of, or `null` when it runs from its
 * sources, as tests do. It mirrors `checks/`; see compile-ahead.mjs.
 */
export const compiledFolder: string | null = findCompiledFolder(
  import.meta.dirname,
);

function findCompiledFolder(folder: string): string | null {
  if (!folder.startsWith(cacheFolder + sep)) return null;
  const [fingerprint = ""] = relative(cacheFolder, folder).split(sep);
  return join(cacheFolder, fingerprint);
}

/**
 * The path of a compiled module, to start it as a program.
 *
 * @param source such as `checks/mongod/main.ts`
 */
export async function compiledModule(source: string): Promise<string> {
  if (compiledFolder !== null)
    return join(
      compiledFolder,
      relative("checks", source).replace(/\.ts$/, ".js"),
    );
  const compiler = pathToFileURL(join(root, "checks", "compile-ahead.mjs"));
  const { compileAhead } = (await import(compiler.href)) as {
    compileAhead(): Promise<(source: string) => string>;
  };
  const moduleOf = await compileAhead();
  return fileURLToPath(moduleOf(source));
}
