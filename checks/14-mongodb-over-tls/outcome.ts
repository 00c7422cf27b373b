import { type Answer, showAnswer } from "../kit/http.ts";
import type { World } from "../kit/lesson.ts";
import { LimitClock, pass } from "../kit/patience.ts";
import { aString, matches } from "../kit/shape.ts";
import type { Attempt, TlsFront } from "../kit/tls-front.ts";

/** `/health` knows within this what is true, in wall-clock milliseconds. */
export const HEALTH_LIMIT = 5_000;

/** An answer of /health may take as long, and a bit, in milliseconds of patience. */
const LONGEST_ANSWER = HEALTH_LIMIT + 1_000;

/** Between two looks, in milliseconds of patience. */
const AGAIN = 40;

/** What came of it that a server was started before a database. */
export interface Outcome {
  was:
    /** it is connected, and says so */
    | "connected"
    /** it has spoken without TLS to a front that speaks nothing else */
    | "plain"
    /** it has looked at the certificate, and gone away without a word */
    | "refused"
    /** none of these, for longer than it may take */
    | "nothing";
  /** What /health said last. */
  health: Answer;
}

/** Whether it was a client that did not speak TLS. */
export function isPlain({ code }: Attempt): boolean {
  return code !== null && /WRONG_VERSION|HTTP_REQUEST|PACKET_LEN/.test(code);
}

/**
 * Whether a client has looked at the certificate, and gone away without a word. Once may also be a client
 * that had no time on a busy machine; those that refuse come again.
 */
function isRefusedIn(attempts: readonly Attempt[]): boolean {
  const left = attempts.filter(
    (attempt) => !attempt.isOpen && attempt.bytes === 0 && !isPlain(attempt),
  );
  return left.length > 1;
}

/**
 * Waits until it is known what comes of it.
 *
 * @param front where that server, and no other one, comes by
 */
export async function outcomeOf(
  world: World,
  { attempts }: Pick<TlsFront, "attempts">,
): Promise<Outcome> {
  const health = await lookUntil(
    world,
    ({ status }) =>
      status === 200 || attempts.some(isPlain) || isRefusedIn(attempts),
  );
  return { was: nameOf(health, attempts), health };
}

function nameOf(
  { status }: Answer,
  attempts: readonly Attempt[],
): Outcome["was"] {
  // Also if it has found its way after that.
  if (attempts.some(isPlain)) return "plain";
  if (status === 200) return "connected";
  return isRefusedIn(attempts) ? "refused" : "nothing";
}

/** Whether /health says that it is TLS which keeps the database away. */
export function saysTls({ json }: Answer): boolean {
  return matches({ reason: "tls" }, json);
}

/**
 * Asks /health again and again, until it is as it should be or for as long as that may take.
 *
 * @returns what it answered last
 */
export async function lookUntil(
  world: World,
  isEnough: (answer: Answer) => boolean,
): Promise<Answer> {
  const clock = new LimitClock();
  try {
    for (;;) {
      const answer = await askHealth(world);
      if (isEnough(answer)) return answer;
      if (clock.read(HEALTH_LIMIT).timeliness === "late") return answer;
      await pass(AGAIN, world.server);
    }
  } finally {
    clock.stop();
  }
}

/** One answer of /health, however long it takes within reason. */
export function askHealth({ request }: World): Promise<Answer> {
  return request("/health", { quiet: true, patience: LONGEST_ANSWER });
}

/** The code that /health gives, or else all that it says. */
export function codeIn(health: Answer): string {
  return matches({ code: aString }, health.json)
    ? health.json.code
    : showAnswer(health);
}
