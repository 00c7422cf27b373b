import { DatabaseProblem } from "./database-choice.ts";
import { databaseMemory, decide, openDatabase } from "./database.ts";

/** What the doctor found out about one thing. */
export interface Finding {
  ok: boolean;
  /** One line each; the first says how it stands. */
  lines: string[];
}

/**
 * Examines the database: decides afresh which engine serves, starts it, writes and reads.
 *
 * @param say is told how a download gets on
 */
export async function examineDatabase(
  say: (line: string) => void = () => {},
): Promise<Finding> {
  const memory = databaseMemory();
  memory.forget();
  const started = Date.now();
  try {
    const database = await openDatabase({ say });
    const opened = Date.now() - started;
    try {
      const { db } = database.fresh();
      await db.collection("doctor").insertOne({ well: true });
      const found = await db.collection("doctor").findOne({ well: true });
      const until = memory.until();
      return {
        ok: found !== null,
        lines: [
          `${database.line}, ready in ${opened} ms`,
          ...(until ? [`  remembered until ${until.toLocaleString()}`] : []),
          ...(await advice(database.engine)),
        ],
      };
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof DatabaseProblem)
      return { ok: false, lines: [error.message] };
    return { ok: false, lines: [`Database: ${(error as Error).message}`] };
  }
}

async function advice(engine: string): Promise<string[]> {
  if (engine !== "built-in") return [];
  const { kind } = await decide();
  return [
    kind === "download"
      ? "  a real mongod can be downloaded: the next check in a terminal does it"
      : "  every lesson works with it; for a real mongod install MongoDB, or set MONGOMS_SYSTEM_BINARY or MONGODB_URI",
    "  what differs from a real mongod: checks/mongod/DIFFERENCES.md",
  ];
}
