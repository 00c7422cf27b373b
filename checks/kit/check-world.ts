import { setImmediate } from "node:timers/promises";
import { Client, type ClientOptions, type Refusal } from "./client.ts";
import { CouldNotTell } from "./could-not-tell.ts";
import { EventLoopBlocked } from "./faults.ts";
import { ask, type RequestOptions } from "./http.ts";
import type { LessonDatabase } from "./lesson-database.ts";
import { LearnersModule } from "./learners-module.ts";
import { fileBeside } from "./lesson-files.ts";
import type { Needs, World } from "./lesson.ts";
import {
  LimitClock,
  PATIENCE,
  patiently,
  patientlyTry,
  turnAFewTimes,
} from "./patience.ts";
import { Program, type ProgramOptions } from "./program.ts";
import { RawClient } from "./raw-client.ts";
import { type ServerOptions, ServerProcess } from "./server-process.ts";
import { type Shape, describeShape } from "./shape.ts";
import { Timeline, list } from "./timeline.ts";
import { Unmet } from "./unmet.ts";

/** Time in which an answer that comes after its limit still counts as late, not as never, in ms. */
const LATE = 700;

/**
 * What one requirement has in its hands; see {@link World}.
 *
 * Its verbs are fields, not methods, so that a requirement may take out what it needs:
 * `check: async ({ client, settle }) => …`.
 */
export class CheckWorld implements World {
  readonly server: ServerProcess;
  readonly timeline: Timeline;
  readonly clients: Client[] = [];
  readonly #options: ServerOptions;
  readonly #needs: Needs;
  readonly #database: LessonDatabase | null;
  readonly #awaitsDatabase: boolean;
  readonly #others: CheckWorld[] = [];
  /** Others start one after another: many at once would keep each other from it. */
  #lastStart: Promise<unknown> = Promise.resolve();
  readonly #databases: LessonDatabase[] = [];
  readonly #programs: Program[] = [];
  /** How many of an event each client had heard when its audience was last looked at. */
  readonly #counted = new Map<string, number>();

  /**
   * @param options those of the server, to start it once more
   * @param needs what its clients bring
   * @param database what the server keeps its data in, if anything
   * @param awaitsDatabase whether a server that is started once more has to find it first
   */
  constructor(
    server: ServerProcess,
    timeline: Timeline,
    options: ServerOptions,
    needs: Needs = {},
    database: LessonDatabase | null = null,
    awaitsDatabase = false,
  ) {
    this.#awaitsDatabase = awaitsDatabase;
    this.server = server;
    this.timeline = timeline;
    this.#options = options;
    this.#needs = needs;
    this.#database = database;
  }

  get database(): LessonDatabase {
    if (this.#database === null)
      throw new Error("This lesson's needs name no database.");
    return this.#database;
  }

  readonly client = async (
    name: string,
    options?: ClientOptions,
  ): Promise<Client> => {
    const client = await Client.connect(
      name,
      this.server,
      this.timeline,
      this.#brought(name, options),
    );
    this.clients.push(client);
    return client;
  };

  readonly knock = (
    name: string,
    options?: ClientOptions,
  ): Promise<Refusal | null> =>
    Client.knock(
      name,
      this.server,
      this.timeline,
      this.#brought(name, options),
    );

  #brought(name: string, options: ClientOptions = {}): ClientOptions {
    const auth = options.auth ?? this.#needs.auth?.(name);
    const { transports, attempts } = this.#needs;
    return {
      ...(transports === undefined ? {} : { transports }),
      ...(attempts === undefined ? {} : { attempts }),
      ...options,
      ...(auth === undefined ? {} : { auth }),
    };
  }

  readonly connect: World["connect"] = async (...names) => {
    const clients: Client[] = [];
    for (const name of names) clients.push(await this.client(name));
    return clients as { [Index in keyof typeof names]: Client };
  };

  readonly rawClient = (): Promise<RawClient> =>
    RawClient.open(this.server, this.timeline);

  readonly request = (path: string, options?: RequestOptions) =>
    ask(this.server, this.timeline, path, options);

  readonly another: World["another"] = async (
    options,
    database = this.#database ?? undefined,
  ) => {
    const changed = {
      ...this.#options,
      ...options,
      env: { ...this.#options.env, ...database?.env, ...options.env },
    };
    const start = this.#lastStart.then(() => startAgain(changed));
    this.#lastStart = start.catch(() => {});
    const server = await start;
    // With an address of its own it may not be meant to find any.
    if (this.#awaitsDatabase && options.env?.MONGODB_URI === undefined)
      await databaseFound(server);
    const world = new CheckWorld(
      server,
      changed.timeline ?? this.timeline,
      changed,
      this.#needs,
      database,
      this.#awaitsDatabase,
    );
    this.#others.push(world);
    return world;
  };

  readonly run: World["run"] = async (file, options = {}) => {
    const words = options.words ?? options.args?.join(" ") ?? "";
    const text = `ran ${file} ${words}`.trimEnd();
    this.timeline.add({ lane: "program", kind: "run", text });
    const program = await Program.start(
      fileBeside(this.server.entry, file),
      this.#programOptions(options),
    );
    this.#programs.push(program);
    return program.end();
  };

  readonly load: World["load"] = (file) =>
    LearnersModule.load(
      fileBeside(this.server.entry, file),
      this.#programOptions({}),
      (program) => this.#programs.push(program),
    );

  #programOptions(options: ProgramOptions): ProgramOptions {
    const { cwd, env, signal } = this.#options;
    const onLine = (text: string) =>
      this.timeline.add({ lane: "program", kind: "console", text });
    return { cwd, signal, onLine, ...options, env: { ...env, ...options.env } };
  }

  readonly emptyDatabase = async (): Promise<LessonDatabase> => {
    const database = await this.database.another();
    this.#databases.push(database);
    return database;
  };

  readonly settle = async (): Promise<void> => {
    await turnAFewTimes(this.server);
    for (const client of this.clients)
      if (client.socket.connected) await client.settled();
  };

  readonly audience: World["audience"] = async (
    event,
    hearers,
    shape,
    { limit } = {},
  ) => {
    const arrivals = await Promise.allSettled(
      hearers.map((client) =>
        limit === undefined
          ? client.hears(event, shape)
          : this.within(
              limit,
              `${client.name} hears ${event}`,
              client.hears(event, shape, limit + LATE),
            ),
      ),
    );
    await this.settle();
    const counts = this.clients.map((client) => ({
      client,
      times: this.#newlyHeard(client, event),
    }));
    const isRight = counts.every(
      ({ client, times }) => times === (hearers.includes(client) ? 1 : 0),
    );
    const reason: unknown = arrivals.find(
      (arrival) => arrival.status === "rejected",
    )?.reason;
    if (isRight && reason === undefined) return;
    // The right ears heard something else: the client's own words say it best.
    if (isRight || (reason !== undefined && !(reason instanceof Unmet)))
      throw reason;
    throw wrongAudience(event, hearers, shape, counts);
  };

  readonly isHeard = (
    event: string,
    act: () => void,
    patience = PATIENCE / 2,
  ): Promise<boolean> => {
    const heard = new Promise<boolean>((resolve) => {
      for (const { socket } of this.clients)
        socket.once(event, () => resolve(true));
    });
    act();
    return patiently(this.server, heard, () => false, patience);
  };

  readonly within = async <T>(
    limit: number,
    what: string,
    awaited: Promise<T>,
  ): Promise<T> => {
    const expected = `${what} within ${limit / 1000} s`;
    const clock = new LimitClock();
    try {
      const value = await patiently(
        this.server,
        awaited,
        () => {
          throw new Unmet(expected, "it did not come");
        },
        // A turn longer than `awaited` may have of its own, which says more.
        limit + 2 * LATE,
      );
      const { timeliness, elapsed } = clock.read(limit);
      if (timeliness === "in time") return value;
      if (timeliness === "could not tell")
        throw new CouldNotTell(
          "this machine was too busy to measure a time limit",
        );
      throw new Unmet(
        expected,
        `it came after ${(elapsed / 1000).toFixed(1)} s`,
        { value: elapsed },
      );
    } finally {
      clock.stop();
    }
  };

  /**
   * Disconnects the clients, and waits until the server has noticed.
   *
   * @throws {Fault} when that, or what came before, ends the server
   */
  async disconnectAll(): Promise<void> {
    for (const client of this.clients) client.close();
    // What the clients still have to say is on its way after a turn of our own loop.
    await setImmediate();
    await this.server.ping();
    await this.server.ping();
  }

  /** Closes the clients, ends what this requirement started for itself, and heals the database. */
  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    for (const program of this.#programs) program.kill();
    for (const world of this.#others) {
      await world.end();
      await world.server.stop();
    }
    for (const database of this.#databases) await database.close();
    this.#database?.heal();
  }

  #newlyHeard(client: Client, event: string): number {
    const key = `${client.name} ${event}`;
    const before = this.#counted.get(key) ?? 0;
    const now = client.heard(event).length;
    this.#counted.set(key, now);
    return now - before;
  }
}

/** Resolves when /health says that all is well, or when patience has ended: then that is seen elsewhere. */
export async function databaseFound(server: ServerProcess): Promise<void> {
  const look = async () => {
    const { status } = await ask(server, new Timeline(), "/health");
    if (status !== 200) throw new Unmet("200", `${status}`);
  };
  await patientlyTry(server, look).catch((error: unknown) => {
    if (!(error instanceof Unmet)) throw error;
  });
}

/** @throws {CouldNotTell} when it is stuck: it was not when it started before, so the machine is */
async function startAgain(options: ServerOptions): Promise<ServerProcess> {
  try {
    return await ServerProcess.start(options);
  } catch (error) {
    if (!(error instanceof EventLoopBlocked)) throw error;
    throw new CouldNotTell("this machine is too busy to start another server");
  }
}

function wrongAudience(
  event: string,
  hearers: readonly Client[],
  shape: Shape,
  counts: readonly { client: Client; times: number }[],
): Unmet {
  const heard = counts.filter(({ times }) => times > 0);
  const names = list(hearers.map(({ name }) => name));
  const times = hearers.length === 1 ? "once" : "once each";
  const intended =
    hearers.length === 0 ? "nobody" : `${names}, ${times}, and nobody else`;
  return new Unmet(
    `${event} ${describeShape(shape)} reaches ${intended}`,
    heard.length === 0
      ? "nobody heard it"
      : `heard by ${list(heard.map(({ client, times }) => (times === 1 ? client.name : `${client.name} (${times} times)`)))}`,
    {
      event,
      meantFor: hearers.map(({ name }) => name),
      heardBy: heard.map(({ client }) => client.name),
      times: Math.max(0, ...counts.map(({ times }) => times)),
    },
  );
}
