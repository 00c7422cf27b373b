import type { Seeded } from "../kit/chat.ts";
import { type Answer, showAnswer } from "../kit/http.ts";
import type { World } from "../kit/lesson.ts";
import { anything, matches } from "../kit/shape.ts";
import { Unmet } from "../kit/unmet.ts";
import { type Wanted, assertPage, assertPageOrRefused } from "./pages.ts";

/** The past of a room over HTTP. */

const REFUSED = { ok: false, error: anything };

/** @throws {Unmet} with the status, or with a page like `assertPage` */
export async function pageOverHttp(
  { request }: World,
  path: string,
  wanted: Wanted,
): Promise<void> {
  const answer = await request(path);
  assertOk(path, answer, "200 and JSON");
  assertPage(`GET ${path}`, answer.json, wanted);
}

/** @throws {Unmet} with the status, or with a page like `assertPageOrRefused` */
export async function oddOverHttp(
  { request }: World,
  path: string,
  all: readonly Seeded[],
): Promise<void> {
  const answer = await request(path);
  if (isRefused(answer)) return;
  assertOk(path, answer, "400 and JSON, or a page");
  assertPageOrRefused(`GET ${path}`, answer.json, all, false);
}

/** @throws {Unmet} with the status */
export async function refusedOverHttp(
  { request }: World,
  path: string,
): Promise<void> {
  const answer = await request(path);
  if (isRefused(answer)) return;
  throw unlike(path, answer, "400 and { ok: false, error }");
}

/**
 * Express cannot read such an address, and calls no route. It says 400 by itself, in its own words.
 *
 * @throws {Unmet} with the status
 */
export async function unreadOverHttp(
  { request }: World,
  path: string,
): Promise<void> {
  const answer = await request(path);
  if (answer.status === 400) return;
  throw unlike(path, answer, "400");
}

function isRefused({ status, json }: Answer): boolean {
  return status === 400 && matches(REFUSED, json);
}

function assertOk(path: string, answer: Answer, expected: string): void {
  if (answer.status === 200 && answer.json !== undefined) return;
  throw unlike(path, answer, expected);
}

function unlike(path: string, answer: Answer, expected: string): Unmet {
  return new Unmet(`GET ${path} answers ${expected}`, showAnswer(answer), {
    status: answer.status,
  });
}
