import { showAnswer } from "../kit/http.ts";
import type { Failure, Mistake, World } from "../kit/lesson.ts";
import { type Shape, anything, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";
import { ORIGIN, TOKENS } from "../kit/tokens.ts";
import { type Brings, type Outcome, broughtInWords, knock } from "./visitor.ts";

/** What a server's gates have to do with a visitor, and how their mistakes are recognised. */

export const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

export const ONLY_WITH_ORIGIN =
  "no session without a header Origin; with one there is";
export const IN_THE_ADDRESS =
  "she was refused, and let in with it in the address";
export const IN_A_HEADER = "she was refused, and let in with it in a header";

/** What came of a visit, and the token that was brought. */
type Seen = Outcome & { token: unknown };

/**
 * Mallory knocks, and is refused in the words of the contract.
 *
 * @throws {Unmet} with a {@link Seen} as value
 */
export async function assertRefused(
  world: World,
  brings: Brings,
): Promise<void> {
  const outcome = await knock(world, "Mallory", brings);
  const place = brings.namespace ? `at ${brings.namespace} ` : "";
  if (
    outcome.was === "refused" &&
    !outcome.thenLetIn &&
    outcome.message === "unauthorized" &&
    matches({ code: "UNAUTHORIZED" }, outcome.data) &&
    !tellsTooMuch(outcome.data)
  )
    return;
  throw await unlike(
    `Mallory, ${place}with ${broughtInWords(brings)}, is refused: "unauthorized", { code: 'UNAUTHORIZED' }`,
    { world, name: "Mallory", brings, outcome },
  );
}

/** Whether a token, or a line of a stack, is in what a client was told. */
function tellsTooMuch(data: unknown): boolean {
  const told = JSON.stringify(data);
  return (
    Object.keys(TOKENS).some((token) => told.includes(token)) ||
    /\bat .+:\d+|node_modules/.test(told)
  );
}

/** @throws {Unmet} with a {@link Seen} as value */
export async function assertLetIn(
  world: World,
  name: string,
  brings: Brings,
): Promise<void> {
  const outcome = await knock(world, name, brings);
  if (outcome.was === "let in" && !outcome.thenThrownOut) return;
  const place = brings.namespace ? ` to ${brings.namespace}` : "";
  throw await unlike(`${name} is let in${place}`, {
    world,
    name,
    brings,
    outcome,
  });
}

/** @throws {Unmet} when somebody of the server's answers in that namespace */
export async function assertNoNamespace(
  world: World,
  brings: Brings,
): Promise<void> {
  const name = "Admin";
  const outcome = await knock(world, name, brings);
  if (outcome.was === "refused" && outcome.message === "Invalid namespace")
    return;
  throw await unlike(`${brings.namespace} is refused: "Invalid namespace"`, {
    world,
    name,
    brings,
    outcome,
  });
}

/** A page of another origin gets no session, neither by websocket nor by polling. */
export async function assertTurnedAway(
  world: World,
  origin: string,
  auth: Record<string, unknown>,
): Promise<void> {
  const headers = { Origin: origin };
  const name = "Mallory";
  const outcome = await knock(world, name, { auth, headers });
  const what = `a page of ${origin} is refused at the handshake`;
  if (outcome.was !== "turned away")
    throw new Unmet(`${what} of a websocket`, inWords(name, outcome), {
      value: outcome,
    });
  const answer = await world.request(HANDSHAKE, { headers });
  if (answer.status < 400)
    throw new Unmet(`${what} by polling`, showAnswer(answer), {
      status: answer.status,
    });
}

interface Visit {
  world: World;
  name: string;
  brings: Brings;
  outcome: Outcome;
}

/** A visit did not end as expected: what happened, with a closer look where one helps. */
async function unlike(expected: string, visit: Visit): Promise<Unmet> {
  const { name, brings, outcome } = visit;
  const value: Seen = { ...outcome, token: brings.auth?.token };
  const received = (await lookCloser(visit)) ?? inWords(name, outcome);
  return new Unmet(expected, received, { value });
}

async function lookCloser({
  world,
  name,
  brings: { auth, namespace, headers },
  outcome,
}: Visit): Promise<string | null> {
  if (namespace !== undefined || headers !== undefined) return null;
  const leadsElsewhere = async (brings: Brings) =>
    (await knock(world, name, brings)).was !== outcome.was;

  if (outcome.was === "turned away") {
    const own = { auth: auth ?? {}, headers: { Origin: ORIGIN } };
    return (await leadsElsewhere(own)) ? ONLY_WITH_ORIGIN : null;
  }
  if (outcome.was !== "refused" || outcome.thenLetIn || !auth?.token)
    return null;
  const token = String(auth.token);
  if (!Object.hasOwn(TOKENS, token)) return null;
  if (await leadsElsewhere({ query: { token } })) return IN_THE_ADDRESS;
  for (const Authorization of [`Bearer ${token}`, token])
    if (await leadsElsewhere({ headers: { Authorization } }))
      return IN_A_HEADER;
  return null;
}

function inWords(name: string, outcome: Outcome): string {
  switch (outcome.was) {
    case "let in":
      return outcome.thenThrownOut
        ? `${name} was let in, and thrown out again`
        : `${name} was let in`;
    case "refused": {
      const { message, data, thenLetIn } = outcome;
      const words = [
        message === undefined
          ? "refused without a message"
          : `refused: ${JSON.stringify(message)}`,
        data === undefined ? "without data" : show(data),
      ].join(", ");
      return thenLetIn ? `${words}, and let in a moment after` : words;
    }
    case "turned away":
      return "no session: the handshake was refused";
    case "hung up on":
      return "the connection was closed without a word";
  }
}

// ---- how mistakes are recognised

export function was(shape: Shape): Mistake["looksLike"] {
  return ({ facts }) => matches(shape, facts.value);
}

export function letInWith(...tokens: unknown[]): Mistake["looksLike"] {
  return ({ facts: { value } }: Failure) =>
    isOutcome(value) && value.was === "let in" && tokens.includes(value.token);
}

export function isOutcome(value: unknown): value is Seen {
  return matches({ was: anything }, value);
}
