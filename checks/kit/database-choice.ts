import type { Memory } from "./database-memory.ts";
import { parseVersion, tooOld, type Probes } from "./database-probes.ts";

/** Which database engine serves, and why. */
export type DatabaseChoice =
  | { kind: "external"; uri: string; why: string }
  | { kind: "binary"; path: string; why: string }
  | { kind: "download"; why: string }
  | { kind: "built-in"; why: string };

/** A setting of the learner's that cannot be followed: the message says what to do. */
export class DatabaseProblem extends Error {
  override name = "DatabaseProblem";
}

/** The variables that decide, as in `process.env`. */
export interface DatabaseEnvironment {
  MONGODB_URI?: string | undefined;
  MONGOMS_SYSTEM_BINARY?: string | undefined;
  WORKSHOP_MONGO?: string | undefined;
}

/**
 * Decides which engine serves. In this order: the server that MONGODB_URI names; the binary that
 * MONGOMS_SYSTEM_BINARY names; what WORKSHOP_MONGO forces (`real` or `built-in`); a mongod that
 * was downloaded before; a mongod in PATH; a download, where its host answers and somebody can
 * watch it; the built-in engine.
 *
 * Only the last three take time to find out, 2 seconds at most; they are remembered for a day.
 *
 * @param interactive whether somebody can watch a download and break it off
 * @throws DatabaseProblem for a WORKSHOP_MONGO that is neither of the two
 */
export async function chooseDatabase(
  environment: DatabaseEnvironment,
  probes: Probes,
  memory: Memory,
  interactive: boolean,
): Promise<DatabaseChoice> {
  const { MONGODB_URI, MONGOMS_SYSTEM_BINARY, WORKSHOP_MONGO } = environment;
  if (MONGODB_URI)
    return { kind: "external", uri: MONGODB_URI, why: "MONGODB_URI is set" };
  if (MONGOMS_SYSTEM_BINARY)
    return ofSystemBinary(MONGOMS_SYSTEM_BINARY, probes);
  if (WORKSHOP_MONGO === "built-in")
    return { kind: "built-in", why: "WORKSHOP_MONGO=built-in" };
  if (WORKSHOP_MONGO && WORKSHOP_MONGO !== "real")
    throw new DatabaseProblem(
      `WORKSHOP_MONGO=${WORKSHOP_MONGO} is not known. Set it to "real" or "built-in", or leave it out.`,
    );
  const cached = await probes.cachedBinary();
  if (cached)
    return { kind: "binary", path: cached, why: "it was downloaded before" };
  if (WORKSHOP_MONGO === "real") return realAtAnyPrice(probes);
  const remembered = memory.read();
  if (remembered && (await stillHolds(remembered, probes, interactive)))
    return remembered;
  const choice = await lookAround(probes, interactive);
  memory.write(choice);
  return choice;
}

/** A binary that was named has to be a mongod that today's driver can speak to. */
async function ofSystemBinary(
  path: string,
  probes: Probes,
): Promise<DatabaseChoice> {
  const output = await probes.versionOutput(path);
  const version = parseVersion(output);
  if (version && !tooOld(version))
    return { kind: "binary", path, why: "MONGOMS_SYSTEM_BINARY is set" };
  const fault = version
    ? `is MongoDB ${version}, and the driver needs 4.2 or later`
    : "is no mongod that can be started";
  return {
    kind: "built-in",
    why: `MONGOMS_SYSTEM_BINARY=${path} ${fault}: correct the path or leave it out`,
  };
}

async function realAtAnyPrice(probes: Probes): Promise<DatabaseChoice> {
  const found = await inPath(probes);
  return found ?? { kind: "download", why: "WORKSHOP_MONGO=real" };
}

async function inPath(probes: Probes): Promise<DatabaseChoice | undefined> {
  const version = parseVersion(await probes.versionOutput("mongod"));
  if (!version || tooOld(version)) return undefined;
  const path = await probes.whereIs("mongod");
  return path ? { kind: "binary", path, why: "mongod is in PATH" } : undefined;
}

async function lookAround(
  probes: Probes,
  interactive: boolean,
): Promise<DatabaseChoice> {
  const [found, hostAnswers] = await Promise.all([
    inPath(probes),
    interactive ? probes.downloadHostAnswers() : false,
  ]);
  if (found) return found;
  if (hostAnswers)
    return { kind: "download", why: "there is no mongod here yet" };
  return {
    kind: "built-in",
    why: interactive
      ? "there is no mongod here, and its download host does not answer"
      : "there is no mongod here, and nobody to watch a download",
  };
}

async function stillHolds(
  choice: DatabaseChoice,
  probes: Probes,
  interactive: boolean,
): Promise<boolean> {
  if (choice.kind === "binary") return probes.exists(choice.path);
  // Where nobody watched before somebody may now, and the other way round.
  if (choice.kind === "download") return interactive;
  return !interactive || !choice.why.includes("nobody");
}
