import { CouldNotTell } from "../kit/could-not-tell.ts";
import { showAnswer } from "../kit/http.ts";
import type { World } from "../kit/lesson.ts";
import { anything, describeShape, matches } from "../kit/shape.ts";
import { list } from "../kit/timeline.ts";
import { Unmet } from "../kit/unmet.ts";
import {
  BAD,
  type Meeting,
  Meetings,
  type Stranger,
  inWordsOf,
  retell,
} from "./meetings.ts";
import { ENDS, NOBODY } from "./mistakes.ts";

const DOWN = { ok: false, db: "down" };

/** What Node says to each of them. */
const CODES = {
  untrusted: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  expired: "CERT_HAS_EXPIRED",
  "wrong-host": "ERR_TLS_CERT_ALTNAME_INVALID",
} as const;

/** @throws {Unmet} when a server whose database is away does not say so */
export async function assertListens(world: World): Promise<void> {
  const meeting = await Meetings.of(world).with("nobody", world);
  const { health } = meeting;
  if (health.status === 503 && matches(DOWN, health.json)) return;
  retell(meeting, world);
  throw new Unmet(
    `/health answers 503 and ${describeShape(DOWN)}`,
    showAnswer(health),
    { status: health.status, value: health.json },
  );
}

/** @throws {Unmet} with those who were told something as `facts.value` */
export async function assertNothingSaid(world: World): Promise<void> {
  const told = new Map<Stranger, Meeting>();
  for (const stranger of [...BAD, "plain"] as const) {
    const meeting = await Meetings.of(world).with(stranger, world);
    if (meeting.commands.length > 0) told.set(stranger, meeting);
  }
  const [first] = told;
  if (first === undefined) return;
  const [stranger, meeting] = first;
  retell(meeting, world);
  throw new Unmet(
    `not one command is sent to ${inWordsOf[stranger]}`,
    `it sent ${list(meeting.commands.slice(0, 3))}`,
    { value: { told: [...told.keys()].join() } },
  );
}

/** @throws {Unmet} when /health does not tell a failure of TLS from another one */
export async function assertReason(world: World): Promise<void> {
  for (const kind of BAD) {
    const meeting = await Meetings.of(world).with(kind, world);
    const { health } = meeting;
    const shape = { ...DOWN, reason: "tls", code: CODES[kind] };
    if (health.status === 503 && matches(shape, health.json)) continue;
    retell(meeting, world);
    throw new Unmet(
      `/health answers 503 and ${describeShape(shape)}`,
      showAnswer(health),
      { status: health.status, value: health.json },
    );
  }
  const meeting = await Meetings.of(world).with("nobody", world);
  const { health } = meeting;
  if (!matches({ reason: anything }, health.json)) return;
  retell(meeting, world);
  throw new Unmet(`${NOBODY}/health gives no reason`, showAnswer(health));
}

/** @throws {Unmet} when a server whose database is away does not end well */
export async function assertEnds(world: World): Promise<void> {
  const meeting = await Meetings.of(world).with("nobody", world);
  const { end } = meeting;
  // Windows knows no such signal.
  if (end === null || process.platform === "win32") return;
  if (end.timeliness === "could not tell")
    throw new CouldNotTell(
      "this machine was too busy to measure how long a server takes to end",
    );
  const isWell = end.code === 0 && end.timeliness === "in time";
  if (isWell && end.fault === null) return;
  retell(meeting, world);
  throw new Unmet(
    ENDS,
    end.fault !== null || end.timeliness === "late"
      ? "it did not end"
      : end.code === null
        ? `it was ended by ${end.signal}`
        : `exit code ${end.code}`,
  );
}

/** @throws {Unmet | Fault} when a server does not go on with a database that can be trusted again */
export async function assertRenewed(world: World): Promise<void> {
  const { renewal } = await Meetings.of(world).with("expired", world);
  if (renewal === null || renewal.failure === null) return;
  retell(renewal, world);
  throw renewal.failure;
}
