import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "mongodb";
import { CouldNotTell } from "./could-not-tell.ts";
import {
  type Database,
  DatabaseProblem,
  type FreshDatabase,
  freshName,
} from "./database.ts";
import type { SecureLine } from "./secure-line.ts";
import { type Tap, type TappedCommand, openTap } from "./tap.ts";
import type { Timeline } from "./timeline.ts";
import type { TlsFront } from "./tls-front.ts";

/**
 * How long the first of several processes that begin together may have to wait for the others, in
 * milliseconds. Its driver would not wait much longer.
 */
const APART = 800;

/** Between two looks, in milliseconds. */
const LOOK = 5;

/**
 * The database that a server under test keeps its data in, with a tap before it: what the server
 * stores can be read past the tap, and what it says to its database is seen and hindered at the tap.
 */
export class LessonDatabase {
  readonly name: string;
  /** Everything that passes between the server and its database. */
  readonly tap: Tap;
  readonly #opening: Promise<Database>;
  readonly #timeline: Timeline;
  /** Before the tap, where server and database are to speak by TLS. */
  readonly #line: SecureLine | null;
  /** Resolves when the database can be used. */
  readonly ready: Promise<void>;
  #isReady = false;
  #isClosed = false;
  #fresh: FreshDatabase | undefined;

  /**
   * @param opening may still go on: a server that is started meanwhile waits at the tap
   * @param tls whether the server under test reaches it by TLS only
   * @throws {CouldNotTell} when a tap cannot stand before the server that MONGODB_URI names
   */
  static async open(
    opening: Promise<Database>,
    timeline: Timeline,
    tls = false,
  ): Promise<LessonDatabase> {
    // Only the address of a server of somebody else's can hold more than a host and a port.
    const isOurs = !process.env.MONGODB_URI;
    const uri = opening.then((database) => database.uri);
    const tap = await openTap(isOurs ? uri : tappable(await uri), {
      onCommand: (command) => timeline.add(entryOf(command)),
    });
    const line = tls ? await openSecureLine(tap) : null;
    return new LessonDatabase(opening, tap, timeline, line);
  }

  private constructor(
    opening: Promise<Database>,
    tap: Tap,
    timeline: Timeline,
    line: SecureLine | null,
  ) {
    this.#line = line;
    this.name = freshName();
    this.tap = tap;
    this.#opening = opening;
    this.#timeline = timeline;
    this.ready = opening.then((database) => {
      this.#fresh = database.fresh(this.name);
      this.#isReady = true;
    });
    this.ready.catch(() => {}); // Whoever needs it awaits it.
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** What the server under test finds in its environment. */
  get env(): Record<string, string> {
    const MONGODB_DB = this.name;
    if (this.#line === null) return { MONGODB_URI: this.tap.uri, MONGODB_DB };
    return {
      MONGODB_URI: this.uriAt(this.#line.front.port),
      MONGODB_DB,
      TLS_CA_FILE: this.#line.caFile,
    };
  }

  /** What stands before the tap, where server and database speak by TLS. */
  get front(): TlsFront {
    if (this.#line === null)
      throw new Error("This lesson's needs ask for no TLS to the database.");
    return this.#line.front;
  }

  /** The tap's address, but for its port. */
  uriAt(port: number): string {
    return this.tap.uri.replace(`:${this.tap.port}/`, `:${port}/`);
  }

  /** The database itself, past the tap. */
  get db(): Db {
    if (this.#fresh === undefined)
      throw new Error("The database is not open yet.");
    return this.#fresh.db;
  }

  /** An empty one with a tap of its own, on the same database server. */
  async another(): Promise<LessonDatabase> {
    const database = await LessonDatabase.open(
      this.#opening,
      this.#timeline,
      this.#line !== null,
    );
    await database.ready;
    return database;
  }

  /**
   * Keeps the first answers until so many wait for one: then all of them have found the same. Processes
   * that begin one after another are let go after a while.
   */
  async letBeginTogether(processes: number): Promise<void> {
    this.tap.withholdReplies(
      ({ name, command }) => command.$db === this.name && name !== "ping",
    );
    let since = Infinity;
    while (this.tap.held < processes && performance.now() - since < APART) {
      // A server that never asks its database keeps nobody.
      await sleep(LOOK, undefined, { ref: false });
      if (this.#isClosed) return;
      if (this.tap.held > 0) since = Math.min(since, performance.now());
    }
    this.tap.heal();
  }

  /** Cuts the line between server and database, also for new connections, until `heal`. */
  cut(): void {
    this.#note("the line to the database was cut");
    this.tap.cut();
  }

  /** Mends the line, and lets go what was held back. */
  mend(): void {
    this.#note("the line to the database was mended");
    this.tap.heal();
  }

  /**
   * Holds the database's replies back for a time, until `heal`.
   *
   * @param milliseconds of wall-clock time
   * @param which replies to which commands; all unless given
   * @param what these commands are called in a report, such as `inserts`
   */
  delayReplies(
    milliseconds: number,
    which?: (command: TappedCommand) => boolean,
    what = "every command",
  ): void {
    this.#note(
      `the database's replies to ${what} were delayed by ${milliseconds} ms`,
    );
    this.tap.delayReplies(milliseconds, which);
  }

  /**
   * Keeps the database's replies until `heal`; the commands are carried out.
   *
   * @param atMost so many replies
   */
  withholdReplies(
    which: (command: TappedCommand) => boolean,
    what: string,
    atMost?: number,
  ): void {
    this.#note(`the database's replies to ${what} were held back`);
    this.tap.withholdReplies(which, atMost);
  }

  /** Like `mend`, without a word in the report. */
  heal(): void {
    this.tap.heal();
  }

  /** Drops the database, and closes the tap. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#line?.close();
    await this.tap.close();
    await this.#fresh?.drop();
  }

  #note(text: string): void {
    this.#timeline.add({ lane: "database", kind: "hinder", text });
  }
}

/** What makes certificates takes long to load, and most lessons need none. */
async function openSecureLine(tap: Tap): Promise<SecureLine> {
  const { SecureLine } = await import("./secure-line.ts");
  return SecureLine.open(tap);
}

/** @throws {CouldNotTell} for an address that a tap cannot read */
export function tappable(uri: string): string {
  const isOneHost = /^mongodb:\/\/[^,]+$/.test(uri);
  if (isOneHost && !/[?&](tls|ssl)=true/i.test(uri)) return uri;
  throw new CouldNotTell(
    "the check looks at what passes between your server and its database, and MONGODB_URI names one that it cannot look into",
    "Leave MONGODB_URI out, or let it name a single server without TLS, such as mongodb://127.0.0.1:27017/.",
  );
}

function entryOf({ name, command }: TappedCommand) {
  const collection: unknown = command[name];
  return {
    lane: "database",
    kind: "command",
    text: typeof collection === "string" ? `${name} ${collection}` : name,
    data: command,
  } as const;
}

/** The database server of one check: opened for it, or lent by whoever keeps one open. */
export class CheckDatabase {
  readonly #opening: Promise<Database>;
  readonly #isLent: boolean;
  readonly lesson: Promise<LessonDatabase>;

  constructor(
    open: () => Promise<Database>,
    lent: Promise<Database> | undefined,
    timeline: Timeline,
    tls: boolean,
  ) {
    this.#isLent = lent !== undefined;
    this.#opening = (lent ?? open()).catch((error: unknown) => {
      throw notOpened(error);
    });
    this.lesson = LessonDatabase.open(this.#opening, timeline, tls);
    this.lesson.catch(() => {}); // Whoever needs it awaits it.
  }

  /** Which engine serves, and why; without an engine, why there is none. */
  async used(): Promise<{
    engine: Database["engine"] | null;
    version: string | null;
    why: string;
  }> {
    try {
      const { engine, version, why } = await this.#opening;
      return { engine, version, why };
    } catch (error) {
      return { engine: null, version: null, why: (error as Error).message };
    }
  }

  async close(): Promise<void> {
    await this.lesson.then((database) => database.close()).catch(() => {});
    if (this.#isLent) return;
    await this.#opening.then((database) => database.close()).catch(() => {});
  }
}

function notOpened(error: unknown): CouldNotTell {
  const { message } = error as Error;
  return error instanceof DatabaseProblem
    ? new CouldNotTell(message, "Change that variable, and check again.")
    : new CouldNotTell(
        `the database could not be started: ${message}`,
        "npm run doctor says what is wrong with the database.",
      );
}
