import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./kit/repository.ts";

/**
 * What `npm ci` relies on: it must work on every platform, without questions, warnings or downloads
 * beside the packages themselves.
 */
interface Locked {
  hasInstallScript?: boolean;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const manifest = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
  config: { mongodbMemoryServer: { disablePostinstall: string } };
};
const { packages } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
) as {
  packages: Record<string, Locked>;
};
const nameOf = (path: string) =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

test("no package runs an install script: npm 11 and 12 read allowScripts", () => {
  const withScripts = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => nameOf(path));
  expect(withScripts).not.toEqual([]);
  for (const name of withScripts)
    expect(manifest.allowScripts[name], name).toBe(false);
});

test("mongodb-memory-server downloads nothing during npm ci: npm 10 reads its own setting", () => {
  expect(manifest.config.mongodbMemoryServer.disablePostinstall).toBe("1");
});

test("the lockfile holds the binaries of every platform", () => {
  const names = new Set(Object.keys(packages).map(nameOf));
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    )
    .filter((name) => !names.has(name));
  expect(missing).toEqual([]);
});

test("the lockfile names no registry: each machine uses its own", () => {
  expect(
    Object.values(packages).filter(({ resolved }) =>
      resolved?.startsWith("http"),
    ),
  ).toEqual([]);
});

test("the README's table gives the reason for every dependency", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  for (const name of Object.keys({
    ...manifest.dependencies,
    ...manifest.devDependencies,
  }))
    expect(readme, name).toMatch(new RegExp(`^\\|[^|]*${name}\\b`, "m"));
});
