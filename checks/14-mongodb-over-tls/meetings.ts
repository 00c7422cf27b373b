import { certificates } from "../kit/authority.ts";
import { Fault } from "../kit/faults.ts";
import { type Answer, showAnswer } from "../kit/http.ts";
import type { LessonDatabase } from "../kit/lesson-database.ts";
import type { World } from "../kit/lesson.ts";
import { LimitClock, type Timeliness, patientlyTry } from "../kit/patience.ts";
import type { Ended, ServerProcess } from "../kit/server-process.ts";
import type { Tap } from "../kit/tap.ts";
import { type Entry, Timeline } from "../kit/timeline.ts";
import { Unmet, inWords } from "../kit/unmet.ts";
import { LATE } from "../kit/chat.ts";
import { assertIndexes, assertStores } from "./chatting.ts";
import { HEALTH_LIMIT, askHealth, lookUntil, saysTls } from "./outcome.ts";

/** Databases with a certificate that is not right. The first has the longest way to go. */
export const BAD = ["expired", "untrusted", "wrong-host"] as const;
export type Bad = (typeof BAD)[number];

/** Who is there when a server looks for its database. */
export type Stranger = "nobody" | "plain" | Bad;

export const inWordsOf: Readonly<Record<Stranger, string>> = {
  nobody: "nobody",
  plain: "a database that speaks no TLS",
  untrusted: "a database whose certificate another authority signed",
  expired: "a database whose certificate expired yesterday",
  "wrong-host": "a database whose certificate is for another host",
};

/** Nothing listens there: it is a port that nobody gives away. */
const NO_PORT = 1;

/** How long a server may take to end, in wall-clock milliseconds. */
const END_LIMIT = 3_000;

/** How what is expected after the renewal begins. */
const RENEWED = "when its database has renewed its certificate: ";

/** What a server did that met one of them. */
export interface Meeting {
  /** What was done, and what the server printed. */
  entries: readonly Entry[];
  /** What ended it, or kept it from listening. */
  fault: Fault | null;
  /** The commands that it has sent, the driver's own talk included. */
  commands: readonly string[];
  /** What /health said last; `null` if it never did. */
  health: Answer | null;
  /** What became of it when the certificate was renewed; `null` where none was. */
  renewal: Renewal | null;
  /** How it ended when it was asked to; `null` where it was not. */
  end: End | null;
}

export interface End extends Ended {
  /** Whether that came within the contract's limit. */
  timeliness: Timeliness;
}

export interface Renewal {
  entries: readonly Entry[];
  /** What was not as it should be. */
  failure: Unmet | Fault | null;
}

/**
 * Servers that meet somebody else where their database should be, each with a stranger of its own.
 * Most of it is waiting, so they all wait at the same time; several requirements look at what came of it.
 */
export class Meetings {
  static readonly #begun = new WeakMap<ServerProcess, Meetings>();
  readonly #meetings: ReadonlyMap<Stranger, Promise<Meeting>>;

  /** Those of this check, begun now if they are not yet. */
  static of(world: World): Meetings {
    const begun = Meetings.#begun.get(world.server) ?? new Meetings(world);
    Meetings.#begun.set(world.server, begun);
    return begun;
  }

  private constructor(world: World) {
    const first = begin("nobody", world);
    // A server that does not listen then would not listen any other time.
    const next = async (meet: (world: World) => Promise<Meeting>) => {
      const { meeting, other } = await first;
      return other === null ? meeting : meet(world);
    };
    const bad = BAD.map((kind) => [kind, next(meetBad(kind))] as const);
    // Whether these two do later what they should not, is seen when the others have come to their end.
    const later = Promise.allSettled(bad.map(([, meeting]) => meeting));
    this.#meetings = new Map<Stranger, Promise<Meeting>>([
      ...bad,
      ["plain", next(meetPlain(later))],
      ["nobody", first.then((begun) => waitForNobody(begun, later))],
    ]);
    // Whoever needs one awaits it.
    for (const meeting of this.#meetings.values()) meeting.catch(() => {});
  }

  /**
   * What came of one of them.
   *
   * @throws {Fault} what ended that server, or kept it from listening
   */
  async with(
    stranger: Stranger,
    world: World,
  ): Promise<Meeting & { health: Answer }> {
    // The servers end with the requirement that began them: then all must be over.
    await Promise.allSettled(this.#meetings.values());
    const meeting = await this.#of(stranger, world);
    const { fault, health } = meeting;
    if (fault !== null || health === null) {
      retell(meeting, world);
      throw fault;
    }
    return { ...meeting, health };
  }

  async #of(stranger: Stranger, { server }: World): Promise<Meeting> {
    try {
      return (await this.#meetings.get(stranger)) as Meeting;
    } catch (error) {
      // Nobody could tell: a check that is tried again begins anew.
      Meetings.#begun.delete(server);
      throw error;
    }
  }
}

/** What happened belongs from now on to the report of this requirement. */
export function retell(
  { entries }: Pick<Meeting, "entries">,
  { timeline }: World,
): void {
  for (const { at: _, ...entry } of entries) timeline.add(entry);
}

function meetBad(kind: Bad): (world: World) => Promise<Meeting> {
  return async (world) => {
    const begun = await begin(kind, world);
    return lookOn(
      begun,
      async ({ database: { front, tap } }, meeting, other) => {
        meeting.health = await lookUntil(
          other,
          (answer) => answer.status === 200 || saysTls(answer),
        );
        // What it does when it tries again belongs to it.
        const tries = front.attempts.length;
        if (saysTls(meeting.health))
          await lookUntil(other, () => front.attempts.length > tries);
        meeting.commands = namesOf(tap);
        meeting.entries = [...meeting.entries];
        if (kind === "expired" && meeting.commands.length === 0)
          meeting.renewal = await renew(other);
      },
    );
  };
}

function meetPlain(
  later: Promise<unknown>,
): (world: World) => Promise<Meeting> {
  return async (world) => {
    const begun = await begin("plain", world);
    return lookOn(begun, async ({ database }, meeting, other) => {
      meeting.health = await askHealth(other);
      await later;
      meeting.health = await askHealth(other);
      meeting.commands = namesOf(database.tap);
    });
  };
}

function waitForNobody(
  begun: Begun,
  later: Promise<unknown>,
): Promise<Meeting> {
  return lookOn(begun, async (_, meeting, other) => {
    meeting.health = await askHealth(other);
    await later;
    meeting.health = await askHealth(other);
    meeting.entries = [...meeting.entries];
    meeting.end = await endOf(other);
  });
}

/** Asks the server to end. */
async function endOf({ server }: World): Promise<End> {
  const clock = new LimitClock();
  const ended = await server.stop("SIGTERM", END_LIMIT + LATE);
  const { timeliness } = clock.read(END_LIMIT);
  clock.stop();
  return { ...ended, timeliness };
}

/** A server that was started, and whom it will meet. */
interface Begun {
  meeting: Meeting;
  database: LessonDatabase;
  /** `null` if it does not listen. */
  other: World | null;
}

async function begin(stranger: Stranger, world: World): Promise<Begun> {
  const database = await world.emptyDatabase();
  const timeline = new Timeline();
  const meeting: Meeting = {
    entries: timeline.entries,
    fault: null,
    commands: [],
    health: null,
    renewal: null,
    end: null,
  };
  const there = `at its database's address there was ${inWordsOf[stranger]}`;
  note(timeline, "server", `the server was started, and ${there}`);
  const MONGODB_URI = await invite(stranger, database);
  try {
    const options = { env: { MONGODB_URI }, timeline };
    const other = await world.another(options, database);
    return { meeting, database, other };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    meeting.fault = error;
    return { meeting, database, other: null };
  }
}

/** @returns the address where the stranger is */
async function invite(
  stranger: Stranger,
  database: LessonDatabase,
): Promise<string> {
  if (stranger === "nobody") return database.uriAt(NO_PORT);
  if (stranger === "plain") return database.tap.uri;
  database.front.present(await certificates.of(stranger));
  return database.uriAt(database.front.port);
}

/** Looks on what the server does, and keeps what came of it. */
async function lookOn(
  begun: Begun,
  look: (begun: Begun, meeting: Meeting, other: World) => Promise<void>,
): Promise<Meeting> {
  const { meeting, other } = begun;
  if (other === null) return meeting;
  try {
    await look(begun, meeting, other).catch(async (error: unknown) => {
      // A step that failed because the server had ended is told as what it is.
      await other.server.ping();
      throw error;
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    meeting.fault = error;
  }
  return meeting;
}

/** Shows the right certificate from now on, and looks whether the server goes on. */
async function renew(world: World): Promise<Renewal> {
  const { database, timeline } = world;
  const { entries } = timeline;
  try {
    database.front.present(await certificates.of("right"));
    note(timeline, "database", "its certificate was renewed");
    await inWords(RENEWED, assertGoesOn(world));
    return { entries, failure: null };
  } catch (error) {
    if (!(error instanceof Unmet || error instanceof Fault)) throw error;
    return { entries, failure: error };
  }
}

async function assertGoesOn(world: World): Promise<void> {
  const { status, ...health } = await lookUntil(
    world,
    (answer) => answer.status === 200,
  );
  if (status !== 200)
    throw new Unmet(
      `/health answers 200 within ${HEALTH_LIMIT / 1000} s`,
      showAnswer({ status, ...health }),
      { status },
    );
  await assertStores(world);
  await patientlyTry(world.server, () => assertIndexes(world.database));
}

function note(timeline: Timeline, lane: string, text: string): void {
  timeline.add({ lane, kind: "hinder", text });
}

function namesOf({ allCommands }: Tap): string[] {
  return [...new Set(allCommands.map(({ name }) => name))];
}
