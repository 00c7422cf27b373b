import { type KeyObject, X509Certificate, createPrivateKey } from "node:crypto";
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Identity, saysAuthority } from "../kit/authority.ts";
import type { World } from "../kit/lesson.ts";
import { howItEnded } from "../kit/program.ts";
import type { ServerProcess } from "../kit/server-process.ts";
import { cut } from "../kit/show.ts";
import { TemporaryFolder } from "../kit/temporary-folder.ts";
import { Unmet } from "../kit/unmet.ts";

const PROGRAM = "make-certs.ts";
const FILES = ["ca.crt", "server.crt", "server.key"] as const;

export const ELSEWHERE = "it is in the folder that the program was started in";
export const NOT_OVERWRITTEN = "what was there before is still in it";
export const KEY_OF_THE_AUTHORITY = "it is the key of ca.crt";
export const KEY_OF_ANOTHER = "it is the key of another certificate";
export const AGAIN = "when it is run again: ";

/** What make-certs.ts has made. */
export interface Made {
  authority: X509Certificate;
  /** Whether its basic constraints say that it is an authority, and those of the server's. */
  saysAuthority: { ca: boolean; server: boolean };
  /** The authority's certificate as a PEM text, for clients that are to trust it. */
  ca: string;
  certificate: X509Certificate;
  /** The server's certificate and its key. */
  identity: Identity;
  /** Everything in its folder. */
  files: readonly MadeFile[];
}

export interface MadeFile {
  /** Its path in the folder. */
  name: string;
  text: string;
  /** Who may do what with it, as file systems outside Windows write it. */
  mode: number;
}

/** The program is run once for each server process; several requirements look at what it made. */
const known = new WeakMap<ServerProcess, Promise<Made>>();

/** @throws {Unmet} when the program does not make what the contract says */
export function madeCertificates(world: World): Promise<Made> {
  const made = known.get(world.server) ?? make(world);
  known.set(world.server, made);
  made.catch(() => known.delete(world.server));
  return made;
}

async function make(world: World): Promise<Made> {
  const temporary = new TemporaryFolder();
  const folders = {
    // It runs where there is nothing that it could overwrite.
    start: join(temporary.path, "start"),
    // And DIR is not there yet, nor is the folder that it is in.
    made: join(temporary.path, "new", "certs"),
  };
  try {
    await mkdir(folders.start);
    await runInto(world, folders);
    const old = "what was there before\n";
    for (const file of FILES) await writeFile(join(folders.made, file), old);
    await runInto(world, folders, AGAIN);
    const files = await filesIn(folders.made);
    const left = files.find(({ text }) => text === old);
    if (left !== undefined)
      throw new Unmet(`${AGAIN}${left.name} is overwritten`, NOT_OVERWRITTEN);
    return madeFrom(files);
  } finally {
    temporary.remove();
  }
}

async function runInto(
  { run }: World,
  { start, made }: { start: string; made: string },
  when = "",
): Promise<void> {
  const end = await run(PROGRAM, { args: [made], words: "DIR", cwd: start });
  if (end.code !== 0 || end.error !== null)
    throw new Unmet(
      `${when}${PROGRAM} runs to its end without an error`,
      howItEnded(PROGRAM, end).replaceAll(made, "DIR"),
    );
  const names = (await filesIn(made)).map(({ name }) => name);
  const missing = FILES.find((file) => !names.includes(file));
  if (missing === undefined) return;
  const elsewhere = (await filesIn(start)).length > 0;
  throw new Unmet(
    `${missing} is in DIR`,
    elsewhere ? ELSEWHERE : `in DIR there is ${names.join(", ") || "nothing"}`,
  );
}

async function filesIn(folder: string): Promise<MadeFile[]> {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const [text, { mode }] = await Promise.all([
        readFile(path, "utf8"),
        stat(path),
      ]);
      return { name: relative(folder, path), text, mode: mode & 0o777 };
    }),
  );
}

/** Reads the three files, and sees that they are what their names say. */
async function madeFrom(files: readonly MadeFile[]): Promise<Made> {
  const textOf = (name: string) =>
    files.find((file) => file.name === name)?.text ?? "";
  const [ca, certificate, key] = FILES.map(textOf) as [string, string, string];
  const certificates = {
    authority: certificateIn("ca.crt", ca),
    certificate: certificateIn("server.crt", certificate),
  };
  assertKeyBelongs(keyIn("server.key", key), certificates);
  return {
    ...certificates,
    saysAuthority: {
      ca: await saysAuthority(ca),
      server: await saysAuthority(certificate),
    },
    ca,
    identity: { certificate, key },
    files,
  };
}

function certificateIn(file: string, text: string): X509Certificate {
  const count = text.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0;
  if (count !== 1)
    throw new Unmet(
      `${file} holds one certificate, as PEM`,
      count === 0 ? `it begins ${beginning(text)}` : `it holds ${count}`,
    );
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw new Unmet(
      `${file} holds a certificate that can be read`,
      (error as Error).message,
    );
  }
}

function keyIn(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new Unmet(
      `${file} holds a private key, as PEM`,
      /BEGIN [A-Z ]*PRIVATE KEY/.test(text)
        ? (error as Error).message
        : `it begins ${beginning(text)}`,
    );
  }
}

/** @returns the first line, or what can be shown of it */
function beginning(text: string): string {
  const line = text.split("\n", 1)[0]?.replaceAll(/[^ -~]/g, "·") ?? "";
  return `“${cut(line, 40)}”`;
}

function assertKeyBelongs(
  key: KeyObject,
  { certificate, authority }: Pick<Made, "certificate" | "authority">,
): void {
  if (certificate.checkPrivateKey(key)) return;
  throw new Unmet(
    "server.key is the key of server.crt",
    authority.checkPrivateKey(key) ? KEY_OF_THE_AUTHORITY : KEY_OF_ANOTHER,
  );
}

/** Whether there is, anywhere in that text, the private key to a certificate. */
export function holdsKeyOf(
  { text }: MadeFile,
  certificate: X509Certificate,
): boolean {
  const blocks =
    text.match(
      /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[^-]*-----END \1PRIVATE KEY-----/g,
    ) ?? [];
  return blocks.some((block) => {
    try {
      return certificate.checkPrivateKey(createPrivateKey(block));
    } catch {
      // An encrypted key, say, is of use to nobody without its password.
      return false;
    }
  });
}
