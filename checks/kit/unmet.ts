/** What a check saw, in a form that the mistakes a lesson knows can be recognised by. */
export interface Facts {
  /** Names of the clients that heard the event in question, in the order they connected. */
  heardBy?: readonly string[];
  /** The payload, the answer or the value that was not as expected. */
  value?: unknown;
  /** How often something came that should have come once. */
  times?: number;
  /** Status of an HTTP answer. */
  status?: number;
}

/** A requirement that is not met: what should have happened, and what happened instead. */
export class Unmet extends Error {
  override name = "Unmet";
  readonly expected: string;
  readonly received: string;
  readonly facts: Facts;

  constructor(expected: string, received: string, facts: Facts = {}) {
    super(`expected ${expected}, received ${received}`);
    this.expected = expected;
    this.received = received;
    this.facts = facts;
  }
}

/**
 * Puts before an expectation what it is about, such as the payload that was sent.
 *
 * @throws {Unmet} with the words before what was expected, when `awaited` is not met
 */
export async function inWords<T>(
  what: string,
  awaited: Promise<T>,
): Promise<T> {
  try {
    return await awaited;
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    throw new Unmet(what + error.expected, error.received, error.facts);
  }
}

/**
 * Waits until all of them have been looked at, so that the same server is always told the same.
 *
 * @throws what the first of them in this order throws
 */
export async function allOf(looks: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(looks);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
