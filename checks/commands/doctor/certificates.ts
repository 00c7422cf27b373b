import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, root } from "../../kit/repository.ts";
import { toTheMinute } from "../local-time.ts";
import { doctor as messages } from "../messages.ts";
import { type Finding, good, note, trouble } from "./finding.ts";
import { unsetVariables } from "./shell.ts";

/** Each changes which certificates programs believe. */
const variables = [
  "NODE_EXTRA_CA_CERTS",
  "NODE_USE_SYSTEM_CA",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
];
/** Those that name a file or a folder. */
const paths = variables.filter((name) => name !== "NODE_USE_SYSTEM_CA");

/** What is set that changes the outcome of the lessons on TLS. */
export function examineCertificateVariables(
  environment: NodeJS.ProcessEnv = process.env,
  exists = existsSync,
): Finding {
  if (environment.NODE_TLS_REJECT_UNAUTHORIZED === "0")
    return trouble(
      "certificates",
      messages.everyCertificate,
      unsetVariables(["NODE_TLS_REJECT_UNAUTHORIZED"]),
    );
  const missing = paths.filter(
    (name) => environment[name] && !exists(environment[name]),
  );
  if (missing.length > 0)
    return note(
      "certificates",
      messages.missingCertificates(missing),
      unsetVariables(missing),
    );
  const set = variables.filter((name) => environment[name]);
  return set.length === 0
    ? good("certificates", messages.noCertificateVariables)
    : note(
        "certificates",
        messages.certificateVariables(set),
        unsetVariables(set),
      );
}

/** Options that every Node program of this shell gets. */
export function examineNodeOptions(
  environment: NodeJS.ProcessEnv = process.env,
): Finding {
  const { NODE_OPTIONS } = environment;
  return NODE_OPTIONS
    ? note(
        "node-options",
        messages.nodeOptions(NODE_OPTIONS),
        unsetVariables(["NODE_OPTIONS"]),
      )
    : good("node-options", messages.noNodeOptions);
}

const DAY = 86_400_000;
const YEAR = 365 * DAY;
/** How far the file system's clock may be off, in milliseconds. */
const FILE_SYSTEM_TOLERANCE = 10_000;

const setClock: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: "sudo timedatectl set-ntp true",
  darwin: "sudo sntp -sS time.apple.com",
  win32: "w32tm /resync",
};

/** What the clocks say, in milliseconds since 1970. */
export interface Clocks {
  now: number;
  /** When the newest file of the workshop was changed. */
  newestFile: number;
  /** When the file system says a file was written that was written now. */
  fileSystem: number;
}

/**
 * Whether the clock can be right: certificates are good from one date to another. There is nobody to
 * ask without the internet, so it only has to agree with the workshop's files.
 */
export function examineClock(
  clocks = readClocks(),
  platform: NodeJS.Platform = process.platform,
): Finding {
  const { now, newestFile, fileSystem } = clocks;
  const mend = setClock[platform] ?? messages.setTheClock;
  const date = toTheMinute(new Date(now));
  if (now < newestFile - DAY || now > newestFile + 10 * YEAR)
    return trouble("clock", messages.clockWrong(date), mend);
  if (Math.abs(fileSystem - now) > FILE_SYSTEM_TOLERANCE)
    return note("clock", messages.clockOfFiles, messages.copyToOwnDisk);
  return good("clock", messages.clock(date));
}

function readClocks(): Clocks {
  const probe = join(cacheFolder, `clock.${process.pid}`);
  const now = Date.now();
  writeFileSync(probe, "");
  const fileSystem = statSync(probe).mtimeMs;
  rmSync(probe);
  const newestFile = Math.max(
    ...["package.json", "package-lock.json", "README.md"].map(
      (name) =>
        statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    ),
  );
  return { now, newestFile, fileSystem };
}
