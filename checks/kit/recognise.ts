import type { Failure } from "./lesson.ts";

/** Recognises a mistake by its audience: these clients heard the event, and nobody else. */
export function heardBy(...names: string[]) {
  const expected = names.toSorted().join();
  return ({ facts }: Failure): boolean =>
    facts.heardBy?.toSorted().join() === expected;
}
