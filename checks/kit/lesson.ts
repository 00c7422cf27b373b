import type { Client, ClientOptions, Refusal } from "./client.ts";
import type { LessonDatabase } from "./lesson-database.ts";
import type { Fault } from "./faults.ts";
import type { Answer, RequestOptions } from "./http.ts";
import type { LearnersModule } from "./learners-module.ts";
import type { ProgramEnd, ProgramOptions } from "./program.ts";
import type { RawClient } from "./raw-client.ts";
import type { ServerOptions, ServerProcess } from "./server-process.ts";
import type { Shape } from "./shape.ts";
import type { Timeline } from "./timeline.ts";
import type { Facts } from "./unmet.ts";

/** A lesson's contract as a list of requirements, in the order in which a learner meets them. */
export interface Lesson {
  /** The lesson's folder, such as `03-who-hears-it`. */
  name: string;
  requirements: readonly Requirement[];
  /** Mistakes that show in any requirement, such as a server that crashes at once. */
  mistakes?: readonly Mistake[];
  /** Earlier lessons whose contract still holds for this lesson's server. */
  keeps?: readonly string[];
  needs?: Needs;
  /** What a learner writes beside `server.ts`. */
  files?: readonly string[];
  /**
   * The lesson whose server this one goes on with: the one before, unless it says otherwise. `null`
   * where a new server begins.
   */
  buildsOn?: string | null;
}

/** What a lesson's server finds beside PORT, HOST and PUBLIC_DIR, and what its clients bring. */
export interface Needs {
  env?: Readonly<Record<string, string>>;
  /** A database of its own, which MONGODB_URI and MONGODB_DB name. */
  database?: DatabaseNeeds;
  /** A certificate, which TLS_CERT_FILE and TLS_KEY_FILE name; its clients speak https and trust it. */
  tls?: boolean;
  /** How long it may take to listen, in milliseconds of patience; as long as one process needs unless given. */
  readyWithin?: number;
  /** How its clients connect, unless the requirement says otherwise: by websocket unless given. */
  transports?: ("polling" | "websocket")[];
  /**
   * How often its clients try to connect where nothing answers or the line breaks; once unless given. A
   * connection that one process hands to another can be lost, and no learner has lost it.
   */
  attempts?: number;
  /** What the handshake of a client of that name carries, unless the requirement says otherwise. */
  auth?(name: string): Record<string, unknown>;
}

/** How many hints each requirement has. */
export const HINTS = 3;

export interface DatabaseNeeds {
  /** How many processes of the server begin on it: the check sees to it that all begin at the same moment. */
  processes?: number;
  /** Whether the contract has transactions or change streams. */
  replicaSet?: boolean;
  /**
   * Whether the server may listen before it has found it. Checks of earlier lessons, whose servers had it
   * when they listened, wait then until /health says so.
   */
  inBackground?: boolean;
  /** Whether it is reached by TLS only; TLS_CA_FILE names the authority that vouches for it. */
  tls?: boolean;
}

export interface Requirement {
  /** Stable name for programs, such as `chat-reaches-everyone`. */
  id: string;
  /** A sentence of the contract, for people. */
  title: string;
  /** A lesson is passed when every base requirement is met; stretch is the deeper end of it. */
  kind: "base" | "stretch";
  /** The one of the lesson's files that it is about; `server.ts` unless given. */
  file?: string;
  /** Where to look, what to think of, which call: each says more, none is the solution. */
  hints: readonly [string, string, string];
  /** What people get wrong here, each with a hint of its own. The first that fits is named. */
  mistakes?: readonly Mistake[];
  /**
   * Looks whether the requirement is met.
   *
   * @throws {Unmet} when it is not
   */
  check(world: World): Promise<void>;
}

export interface Mistake {
  /** Its number in the list of known mistakes, such as `M7`, or a name of its own. */
  id: string;
  looksLike(failure: Failure): boolean;
  /** One or two sentences that lead to the cause; never the solution. */
  hint: string;
}

/** A failed requirement, as mistakes are recognised by. */
export interface Failure {
  expected: string;
  received: string;
  facts: Facts;
  /** What was wrong with the server as a process, if anything. */
  fault: Fault | null;
  /** What the server printed since the requirement began. */
  output: readonly string[];
}

export interface RunOptions extends ProgramOptions {
  /** How a report tells what it was run with; its arguments unless given. */
  words?: string;
}

/** What a requirement has in its hands. Clients that it connects are closed at its end. */
export interface World {
  readonly server: ServerProcess;
  readonly timeline: Timeline;
  /** The database of this check; only where the lesson needs one. */
  readonly database: LessonDatabase;
  /** Everyone connected so far, in this requirement. */
  readonly clients: readonly Client[];
  /** Connects a client to the server and waits until it is connected. */
  client(name: string, options?: ClientOptions): Promise<Client>;
  /** Tries to connect a client: why the server refused it, or `null` if it was let in. */
  knock(name: string, options?: ClientOptions): Promise<Refusal | null>;
  /** Connects several, one after another. */
  connect<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ [Index in keyof Names]: Client }>;
  /** Opens an Engine.IO session over polling that polls only when told to. */
  rawClient(): Promise<RawClient>;
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /**
   * Starts the same server once more, otherwise than the first time; it ends with the requirement.
   *
   * @param options `env` goes over the first server's, and `undefined` in it unsets a variable
   * @param database another one than the first server's
   */
  another(
    options: Partial<ServerOptions>,
    database?: LessonDatabase,
  ): Promise<World>;
  /**
   * Runs a program that stands beside the server, or the server itself, and waits until it has ended.
   *
   * @param options `env` goes over the server's
   * @throws {Unmet} when it does not end by itself
   */
  run(file: string, options?: RunOptions): Promise<ProgramEnd>;
  /** Loads a module that stands beside the server, in a process that ends with the requirement. */
  load(file: string): Promise<LearnersModule>;
  /** An empty database with a tap of its own, on the same database server. */
  emptyDatabase(): Promise<LessonDatabase>;
  /** Waits until everything that the server has sent by now has arrived at every client. */
  settle(): Promise<void>;
  /**
   * Waits until the event has reached those who should hear it, and proves that it reached each of
   * them once and nobody else.
   *
   * @param limit a time limit of the contract for it, in wall-clock milliseconds; see `within`
   * @throws {Unmet} with `facts.heardBy`
   */
  audience(
    event: string,
    hearers: readonly Client[],
    shape: Shape,
    options?: { limit?: number },
  ): Promise<void>;
  /**
   * Does something, and tells whether anybody then hears the event.
   *
   * @param patience in milliseconds; half of the usual unless given
   */
  isHeard(event: string, act: () => void, patience?: number): Promise<boolean>;
  /**
   * Waits for `awaited` against a time limit of the contract, in wall-clock milliseconds.
   *
   * @throws {Unmet} when it comes too late, or not at all
   * @throws {CouldNotTell} when this machine was too slow to say
   */
  within<T>(limit: number, what: string, awaited: Promise<T>): Promise<T>;
}
