import { type Seeded, told } from "../kit/chat.ts";
import type { Failure, Mistake } from "../kit/lesson.ts";
import { describeShape, matches } from "../kit/shape.ts";
import { show } from "../kit/show.ts";
import { Unmet } from "../kit/unmet.ts";

/** Pages of the past, compared with what was seeded. */

/** More than so many messages are never one page. */
export const MOST = 100;

/** What came instead of the page that was wanted, as `facts.value`. */
interface OtherPage {
  /** By the numbers of their messages. */
  came: readonly unknown[];
  wanted: readonly number[];
  hasMore: unknown;
  /** Where the page was to end: before this number. */
  before: number | undefined;
}

/** A page as it should be. */
export interface Wanted {
  messages: readonly Seeded[];
  hasMore: boolean;
  before?: number | undefined;
}

/**
 * An answer is exactly this page.
 *
 * @param what was asked, in the words of a report
 * @throws {Unmet} with an {@link OtherPage}, a message or the whole answer as value
 */
export function assertPage(
  what: string,
  answer: unknown,
  { messages, hasMore, before }: Wanted,
): void {
  const wanted = messages.map(({ seq }) => seq);
  const expected = `${what} gives ${inWords(wanted)}, hasMore: ${hasMore}`;
  const came = messagesIn(expected, answer);
  const numbers = came.map(numberOf);
  const flag = (answer as { hasMore?: unknown }).hasMore;
  if (numbers.join() !== wanted.join() || flag !== hasMore)
    throw new Unmet(expected, `${inWords(numbers)}, hasMore: ${show(flag)}`, {
      value: { came: numbers, wanted, hasMore: flag, before },
    });
  for (const [index, message] of messages.entries()) {
    const shape = told(message);
    if (!matches(shape, came[index]))
      throw new Unmet(
        `${what} gives ${describeShape(shape)}`,
        show(came[index]),
        { value: came[index] },
      );
  }
}

/**
 * An answer to something odd is a page of this room in some place, of at most 100 messages in their
 * order, or it is refused.
 *
 * @param refusal what it looks like
 * @throws {Unmet} like `assertPage`
 */
export function assertPageOrRefused(
  what: string,
  answer: unknown,
  all: readonly Seeded[],
  isRefused: boolean,
): void {
  if (isRefused) return;
  const expected = `${what} is refused, or gives at most ${MOST} messages in their order`;
  const came = messagesIn(expected, answer);
  const numbers = came.map(numberOf);
  const [first] = numbers;
  const begin = all.findIndex(({ seq }) => seq === first);
  const run = all.slice(Math.max(begin, 0), Math.max(begin, 0) + came.length);
  const isRun = run.map(({ seq }) => seq).join() === numbers.join();
  const areOurs = run.every((message, index) =>
    matches(told(message), came[index]),
  );
  if (came.length <= MOST && isRun && areOurs) return;
  throw new Unmet(expected, inWords(numbers), {
    value: { came: numbers, wanted: [], hasMore: null, before: undefined },
  });
}

/** @throws {Unmet} with the answer as value when it holds no page at all */
function messagesIn(expected: string, answer: unknown): unknown[] {
  if (matches({ ok: true }, answer)) {
    const { messages } = answer as { messages?: unknown };
    if (Array.isArray(messages)) return messages;
  }
  throw new Unmet(expected, show(answer), { value: answer });
}

function numberOf(message: unknown): unknown {
  return (message as { seq?: unknown } | null)?.seq;
}

/** Such as "messages 101 to 150". */
export function inWords(numbers: readonly unknown[]): string {
  const [first] = numbers;
  const last = numbers.at(-1);
  if (numbers.length === 0) return "no messages";
  if (numbers.length === 1) return `message ${show(first)}`;
  const goesBy = (step: number) =>
    typeof first === "number" &&
    numbers.every((number, index) => number === first + step * index);
  if (goesBy(1)) return `messages ${show(first)} to ${show(last)}`;
  if (goesBy(-1)) return `messages ${show(first)} down to ${show(last)}`;
  const some = numbers.slice(0, 5).map((number) => show(number));
  const dots = numbers.length > some.length ? ", …" : "";
  return `${numbers.length} messages: ${some.join(", ")}${dots}`;
}

// ---- how mistakes are recognised

function otherPage({ facts: { value } }: Failure): OtherPage | undefined {
  const isOne = typeof value === "object" && value !== null && "came" in value;
  return isOne ? (value as OtherPage) : undefined;
}

/** Recognises a page by what came instead of it. */
export function cameInstead(
  test: (page: OtherPage) => boolean,
): Mistake["looksLike"] {
  return (failure) => {
    const page = otherPage(failure);
    return page !== undefined && test(page);
  };
}

export const isDescending = cameInstead(
  ({ came, wanted }) =>
    wanted.length > 1 && came.join() === wanted.toReversed().join(),
);

export const isTooMuch = cameInstead(({ came }) => came.length > MOST);

/** Those from the beginning, not those of the end. */
export const isOldest = cameInstead(
  ({ came, wanted }) =>
    came[0] === 1 && wanted[0] !== 1 && came.length === wanted.length,
);

/** Not even the messages of a page are in their order, or they are not next to each other. */
export const isUnordered = cameInstead(
  ({ came }) =>
    came.length > 1 &&
    came.some(
      (number, index) =>
        index > 0 && Number(number) !== Number(came[index - 1]) + 1,
    ),
);

export const isOtherFlag = cameInstead(
  ({ came, wanted }) => came.join() === wanted.join(),
);

/** It ends with the message that it was to end before. */
export const includesItsEnd = cameInstead(
  ({ came, before }) => before !== undefined && came.at(-1) === before,
);

/** It goes on behind the message that it was to end before. */
export const goesBeyond = cameInstead(
  ({ came, before }) =>
    before !== undefined && came.some((number) => Number(number) > before),
);

/** A page of the right length from another place. */
export const isElsewhere = cameInstead(
  ({ came, wanted }) => came.length > 0 && came[0] !== wanted[0],
);
