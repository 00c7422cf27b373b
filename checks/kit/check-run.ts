import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadSocketIo } from "./client.ts";
import { CouldNotTell } from "./could-not-tell.ts";
import type { Database, DatabaseOptions } from "./database.ts";
import type { LessonTls } from "./certificate-files.ts";
import type { CheckDatabase, LessonDatabase } from "./lesson-database.ts";
import { BinaryOutput, Fault, NeverListened, SyntaxFault } from "./faults.ts";
import type { Failure, Lesson, Mistake, Needs, Requirement } from "./lesson.ts";
import { root, shown } from "./repository.ts";
import type { RequirementResult, Result, Verdict } from "./result.ts";
import { type ServerOptions, ServerProcess } from "./server-process.ts";
import { type Entry, Timeline, whatWasDone, withNames } from "./timeline.ts";
import { typeFaults } from "./type-check.ts";
import { Unmet } from "./unmet.ts";
import { CheckWorld, databaseFound } from "./check-world.ts";
import { ServersAhead } from "./waiting-server.ts";

export interface CheckOptions {
  /** Absolute path of the server to check. */
  entry: string;
  /** Ends the check, and the server with it. */
  signal?: AbortSignal;
  /** Whether a failure is told together with what TypeScript objects to; yes unless given. */
  typeCheck?: boolean;
  /** What the server needs, where that is not what the checked lesson's own server needs. */
  needs?: Needs | undefined;
  /** Variables for the server beside those that its lesson gives it. */
  env?: Readonly<Record<string, string>> | undefined;
  /** The record of the check; it makes one of its own unless given. */
  timeline?: Timeline | undefined;
  /** Processes of its servers that were started ahead; see {@link serversAhead}. */
  ahead?: ServersAhead | undefined;
  /** A database that outlives the check; it opens one of its own unless given. */
  database?: Promise<Database> | undefined;
  /** Is told how the download of a database gets on; nothing is downloaded unless given. */
  onDownload?: ((line: string) => void) | undefined;
}

/** A requirement whose machine was too slow to judge it is tried so often. */
const TRIES = 3;

/**
 * One check of one server: its requirements, judged one after another on one server process.
 *
 * Both ways to run a lesson, `npm run check` and vitest, call {@link judge} for each requirement and
 * {@link end} at the end, so they cannot differ in their verdicts. The first base requirement that
 * fails ends the road: it is the next thing to do, and those behind it are skipped. Stretch
 * requirements are judged once all of the base is met, each for itself.
 */
export class CheckRun {
  readonly timeline: Timeline;
  readonly #lesson: Lesson;
  readonly #entry: string;
  readonly #signal: AbortSignal | undefined;
  readonly #typeCheck: boolean;
  readonly #needs: Needs;
  readonly #env: Readonly<Record<string, string>> | undefined;
  readonly #ahead: ServersAhead | undefined;
  /** Whether it is an earlier lesson's contract, whose server had its database when it listened. */
  readonly #awaitsDatabase: boolean;
  readonly #openDatabase: () => Promise<CheckDatabase> | null;
  #database: Promise<CheckDatabase> | null = null;
  #tls: LessonTls | null = null;
  readonly #results: RequirementResult[] = [];
  #server: ServerProcess | null = null;
  #roadEnded = false;
  #hasStarted = false;
  /** What the report tells of the server: at the base requirement that failed, else at a stretch. */
  #worst: { fault: Fault | null; output: readonly string[] } | null = null;
  #notices: Fault[] = [];
  #exit: Result["server"]["exit"] = null;

  constructor(
    lesson: Lesson,
    {
      entry,
      signal,
      typeCheck = true,
      needs,
      env,
      database,
      onDownload,
      timeline = new Timeline(),
      ahead,
    }: CheckOptions,
  ) {
    this.timeline = timeline;
    this.#typeCheck = typeCheck;
    this.#lesson = lesson;
    this.#entry = entry;
    this.#needs = needs ?? lesson.needs ?? {};
    this.#env = env;
    this.#awaitsDatabase = needs?.database?.inBackground === true;
    this.#signal = signal;
    this.#ahead = ahead;
    this.#openDatabase = () =>
      this.#needs.database === undefined
        ? null
        : openCheckDatabase(
            {
              replicaSet: this.#needs.database.replicaSet === true,
              interactive: onDownload !== undefined,
              ...(onDownload ? { say: onDownload } : {}),
            },
            database,
            this.timeline,
            this.#needs.database.tls === true,
          );
  }

  /** Judges one requirement. Call it for each of the lesson's, in their order. */
  async judge(requirement: Requirement): Promise<RequirementResult> {
    const began = performance.now();
    const judged =
      this.#roadEnded || this.#signal?.aborted
        ? skipped
        : await this.#try(requirement);
    const { id, title, kind, file } = requirement;
    const result: RequirementResult = {
      id,
      title,
      kind,
      ...(file === undefined
        ? {}
        : { file: shown(join(dirname(this.#entry), file)) }),
      ...judged,
      ms: Math.round(performance.now() - began),
    };
    const isMet = result.status === "passed";
    if (!isMet && (kind === "base" || result.status === "could-not-tell"))
      this.#roadEnded = true;
    this.#results.push(result);
    return result;
  }

  /** Ends the server and gives the result. */
  async end(): Promise<Result> {
    const { binary = false } = this.#server?.output ?? {};
    await this.#server?.stop();
    const database = await this.#database;
    const used = (await database?.used()) ?? noDatabase;
    await database?.close();
    this.#tls?.remove();
    if (binary) this.#notices.push(new BinaryOutput());
    return {
      version: 1,
      lesson: this.#lesson.name,
      entry: shown(this.#entry),
      verdict: verdictOf(this.#results),
      ms: Math.round(performance.now()),
      database: used,
      requirements: this.#results,
      server: {
        exit: this.#exit,
        fault: this.#worst?.fault?.kind ?? null,
        where: this.#worst?.fault?.where ?? null,
        output: [...(this.#worst?.output ?? [])],
        notices: this.#notices.map(({ kind, message }) => ({ kind, message })),
      },
    };
  }

  async #try(requirement: Requirement): Promise<Judgement> {
    for (let tries = 1; ; tries++) {
      const beginning = this.timeline.add({
        lane: "check",
        kind: "begin",
        text: requirement.title,
      });
      let world: CheckWorld | null = null;
      try {
        const database = await this.#lessonDatabase();
        if (this.#needs.tls) this.#tls ??= await openTls();
        const server = await this.#startedServer(database);
        world = new CheckWorld(
          server,
          this.timeline,
          this.#options(database),
          this.#needs,
          database,
          this.#awaitsDatabase,
        );
        await Promise.race([requirement.check(world), server.died]);
        await world.disconnectAll();
        return met;
      } catch (error) {
        if (this.#signal?.aborted) return skipped;
        const cause = await this.#causeOf(error);
        if (cause instanceof Unmet || cause instanceof Fault)
          return await this.#failed(requirement, cause, beginning);
        if (tries === TRIES) return undecided(cause);
      } finally {
        await world?.end();
      }
    }
  }

  /** All requirements share one server process; one that died is started again. */
  async #startedServer(
    database: LessonDatabase | null,
  ): Promise<ServerProcess> {
    if (this.#server === null) {
      this.#server = await this.#start(database);
      if (this.#awaitsDatabase) await databaseFound(this.#server);
    }
    return this.#server;
  }

  /** Starts the server while its database may still be starting: that saves a third of the time. */
  async #start(database: LessonDatabase | null): Promise<ServerProcess> {
    const options = this.#options(database);
    const { processes = 1 } = this.#needs.database ?? {};
    if (database !== null && processes > 1) {
      await database.ready;
      void database.letBeginTogether(processes);
    }
    if (database === null || database.isReady)
      return ServerProcess.start(options);
    const first = ServerProcess.start(options);
    const obstacle = await first.then(
      () => null,
      (error: unknown) => error,
    );
    if (obstacle instanceof SyntaxFault) throw obstacle;
    const waited = obstacle instanceof NeverListened && database.isReady;
    try {
      await database.ready;
    } catch (error) {
      if (obstacle === null) await (await first).stop();
      throw error;
    }
    // One that ended may have given up a database that was not there yet: it has another chance.
    return obstacle === null || waited ? first : ServerProcess.start(options);
  }

  async #lessonDatabase(): Promise<LessonDatabase | null> {
    this.#database ??= this.#openDatabase();
    return (await this.#database)?.lesson ?? null;
  }

  #options(database: LessonDatabase | null): ServerOptions {
    return {
      entry: this.#entry,
      cwd: workingFolder(this.#lesson, this.#entry),
      env: {
        PUBLIC_DIR: join(root, "lessons", "public"),
        ...this.#needs.env,
        ...this.#env,
        ...database?.env,
        ...this.#tls?.env,
      },
      ca: this.#tls?.ca,
      ...(this.#needs.readyWithin === undefined
        ? {}
        : { readyWithin: this.#needs.readyWithin }),
      timeline: this.timeline,
      signal: this.#signal,
      ahead: this.#ahead,
      onSpawn: () => void loadSocketIo(),
    };
  }

  async #failed(
    requirement: Requirement,
    cause: Unmet | Fault,
    beginning: Entry,
  ): Promise<Judgement> {
    const fault = cause instanceof Fault ? cause : null;
    const entries = this.timeline.since(beginning);
    const failure = this.#describe(cause, entries);
    this.timeline.add({
      lane: "check",
      kind: "unmet",
      text: failure.received,
      data: failure,
    });
    const mistake = recognise(
      failure,
      requirement.mistakes,
      this.#lesson.mistakes,
    );
    const types =
      fault instanceof SyntaxFault || !this.#typeCheck
        ? []
        : await typeFaults(this.#written(), this.#signal);
    if (this.#worst === null || requirement.kind === "base") {
      this.#worst = { fault, output: failure.output };
      this.#notices = types.slice(0, 1);
    }
    const inNames = withNames(entries);
    return {
      status: "failed",
      did: inNames(whatWasDone(entries)) || `started ${shown(this.#entry)}`,
      expected: inNames(failure.expected),
      received: inNames(failure.received),
      hint: mistake?.hint ?? fault?.hint ?? requirement.hints[0],
      mistake: mistake?.id ?? null,
    };
  }

  /** The files that the learner has written. */
  #written(): string[] {
    const beside = (this.#lesson.files ?? []).map((file) =>
      join(dirname(this.#entry), file),
    );
    return [this.#entry, ...beside].filter(
      (file) => existsSync(file) && !file.endsWith(".py"),
    );
  }

  #describe(cause: Unmet | Fault, entries: readonly Entry[]): Failure {
    const printed = entries
      .filter(({ kind }) => kind === "console")
      .map(({ text }) => text);
    if (cause instanceof Unmet)
      return {
        expected: cause.expected,
        received: cause.received,
        facts: cause.facts,
        fault: null,
        output: printed.slice(-MOST_LINES),
      };
    return {
      expected: whatWasHopedFor(cause, this.#hasStarted),
      received: cause.message,
      facts: {},
      fault: cause,
      // A fault knows its own last lines; an excerpt of the file, say, was never printed.
      output:
        cause.output.length > 0 ? cause.output : printed.slice(-MOST_LINES),
    };
  }

  /** A step that failed because the server had died or is blocked is told as what it is. */
  async #causeOf(error: unknown): Promise<unknown> {
    const server = this.#server;
    if (server === null) return error;
    this.#hasStarted = true;
    const cause =
      error instanceof Fault
        ? error
        : await server.ping().then(
            () => error,
            (fault: unknown) => fault,
          );
    if (!server.isAlive || server.isCondemned) {
      const { code, signal } = await server.stop();
      if (!server.isCondemned) this.#exit = { code, signal };
      this.#server = null;
    }
    return cause;
  }
}

const noDatabase: Result["database"] = {
  engine: null,
  version: null,
  why: "this lesson needs no database",
};

/** What a database needs takes long to load, and most lessons need none. */
async function openCheckDatabase(
  options: DatabaseOptions,
  lent: Promise<Database> | undefined,
  timeline: Timeline,
  tls: boolean,
): Promise<CheckDatabase> {
  const { CheckDatabase } = await import("./lesson-database.ts");
  const open = async () => {
    const { openDatabase } = await import("./database.ts");
    return openDatabase(options);
  };
  return new CheckDatabase(open, lent, timeline, tls);
}

/** Most lessons need no certificates either. */
async function openTls(): Promise<LessonTls> {
  const { openLessonTls } = await import("./certificate-files.ts");
  return openLessonTls();
}

/** What stands beside a fault as expected. */
function whatWasHopedFor(fault: Fault, hasStarted: boolean): string {
  if (!hasStarted) return "your server listens on the port that PORT names";
  // The server itself was read before it was started: it is another file of the lesson.
  return ["syntax-error", "no-server-file", "empty-server-file"].includes(
    fault.kind,
  )
    ? "every file of the lesson is there, and can be read"
    : "your server goes on working";
}

/** Lines of the server's console that a report shows. */
const MOST_LINES = 12;

/** The server's folder, so that a relative path in it means what it means by hand. */
function workingFolder(lesson: Lesson, entry: string): string {
  // Answers that are kept beside the checks run where a learner's server would.
  return entry.startsWith(join(root, "checks"))
    ? join(root, "lessons", lesson.name)
    : dirname(entry);
}

type Judgement = Pick<
  RequirementResult,
  "status" | "did" | "expected" | "received" | "hint" | "mistake"
>;

const nothingToSay = {
  did: null,
  expected: null,
  received: null,
  hint: null,
  mistake: null,
};
const met: Judgement = { status: "passed", ...nothingToSay };
const skipped: Judgement = { status: "skipped", ...nothingToSay };

/** @param cause a CouldNotTell, or a mistake in the check itself */
function undecided(cause: unknown): Judgement {
  return {
    ...nothingToSay,
    status: "could-not-tell",
    received:
      cause instanceof CouldNotTell
        ? cause.message
        : `the check itself failed: ${String(cause)}`,
    hint:
      (cause instanceof CouldNotTell ? cause.hint : undefined) ??
      "This is the checker's own trouble, not yours. Close what keeps the machine busy and check again.",
  };
}

function recognise(
  failure: Failure,
  ...tables: (readonly Mistake[] | undefined)[]
): Mistake | undefined {
  return tables
    .flatMap((table) => table ?? [])
    .find((mistake) => mistake.looksLike(failure));
}

function verdictOf(results: readonly RequirementResult[]): Verdict {
  const base = results.filter(({ kind }) => kind === "base");
  if (base.some(({ status }) => status === "failed")) return "not-yet";
  if (base.some(({ status }) => status === "could-not-tell"))
    return "could-not-tell";
  return base.every(({ status }) => status === "passed") ? "passed" : "not-yet";
}

/**
 * Judges every requirement of a lesson in this process, without a test runner: this is what stands
 * between a learner's Enter and the verdict.
 *
 * @param onResult called as soon as each requirement is judged
 */
export async function runCheck(
  lesson: Lesson,
  options: CheckOptions,
  onResult: (result: RequirementResult) => void = () => {},
): Promise<Result> {
  const run = new CheckRun(lesson, options);
  for (const requirement of lesson.requirements)
    onResult(await run.judge(requirement));
  return run.end();
}

/** For the processes of a check's servers: they wait with the libraries that it is likely to need. */
export function serversAhead(
  lesson: Lesson,
  { entry, needs = lesson.needs }: Pick<CheckOptions, "entry" | "needs">,
): ServersAhead {
  const libraries = ["express", "socket.io"];
  if (needs?.database !== undefined) libraries.push("mongodb");
  return new ServersAhead(entry, libraries);
}
