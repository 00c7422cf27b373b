import type { Lesson } from "../kit/lesson.ts";
import { loadLesson } from "../commands/lessons.ts";
import { runCheck } from "../kit/check-run.ts";
import { type Database, openDatabase } from "../kit/database.ts";
import { failuresOf, isUndecided, objectionTo } from "./answers.ts";
import type { Judgement, Request } from "./judges.ts";

/**
 * A process that judges servers, as judges.ts asks it to over IPC. All its checks share one database
 * server of each kind; each check has its own database on it.
 */

const databases = new Map<boolean, Promise<Database>>();

process.on("message", (message: Request | "close") => {
  if (message === "close") void close();
  else
    void judge(message).then(
      (judgement) => process.send?.({ id: message.id, judgement }),
      (error: unknown) =>
        process.send?.({ id: message.id, error: String(error) }),
    );
});
// Whoever asked has gone; Ctrl-C reaches this process too, and is for the one that asks.
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});

async function judge({ answer, mutant }: Request): Promise<Judgement> {
  const began = performance.now();
  const contract = await loadLesson(answer.contract);
  const server = await loadLesson(answer.lesson);
  const result = await runCheck(
    mutant === undefined ? contract : withoutTypes(contract),
    {
      entry: answer.entry,
      typeCheck: false,
      database: databaseFor(server),
      // The instrumented servers of mutants.ts read in it which of the mutants they are.
      env: mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant },
      ...(answer.kind === "keeps" ? { needs: server.needs } : {}),
    },
  );
  return {
    objection: objectionTo(answer, result),
    isUndecided: isUndecided(result),
    failures: failuresOf(result),
    ms: performance.now() - began,
  };
}

/** Looks at the types in a server's source, and an instrumented one has none. */
const ABOUT_TYPES = "typed-server";

function withoutTypes(lesson: Lesson): Lesson {
  const requirements = lesson.requirements.filter(
    ({ id }) => id !== ABOUT_TYPES,
  );
  return { ...lesson, requirements };
}

function databaseFor({ needs }: Lesson): Promise<Database> | undefined {
  if (needs?.database === undefined) return undefined;
  const replicaSet = needs.database.replicaSet === true;
  const database = databases.get(replicaSet) ?? openDatabase({ replicaSet });
  databases.set(replicaSet, database);
  return database;
}

/** Says at last what is still open here, which ought to be nothing but the way to whoever asked. */
async function close(): Promise<void> {
  for (const database of databases.values()) await (await database).close();
  const open = process
    .getActiveResourcesInfo()
    .filter((kind) => /^(TCP|Process|FSEvent)/.test(kind));
  process.send?.({ closed: open }, () => process.disconnect());
}
