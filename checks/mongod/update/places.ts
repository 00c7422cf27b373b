import { isIndex } from "../bson/paths.ts";
import { show } from "../bson/types.ts";
import { isDocument, setField, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { DocumentTest } from "../query/match.ts";
import { positionOf } from "../query/positional.ts";
import type { Change, Place } from "./change.ts";
import type { UpdateContext } from "./update.ts";

/** What the steps `$`, `$[]` and `$[name]` of a path are resolved with. */
export interface Positions {
  /** The document before the update: the one that the query matched. */
  original: Document;
  filters: Map<string, DocumentTest>;
  context: UpdateContext;
}

type Container = Document | unknown[];

/** MongoDB refuses to fill an array with more than this many nulls to reach an index. */
const mostBackfill = 1_500_000;

/**
 * Carries out a change at every place that an update path names, making the documents on the
 * way where the change creates fields.
 *
 * @throws CommandError 28 (PathNotViable) where a scalar is in the way, 2 for array steps that
 *   do not fit the document
 */
export function changeAt(
  document: Document,
  path: string,
  change: Change,
  positions: Positions,
): void {
  walk(document, path.split("."), 0, path, change, { ...positions, document });
}

interface Walk extends Positions {
  document: Document;
}

function walk(
  container: Container,
  steps: string[],
  depth: number,
  path: string,
  change: Change,
  walking: Walk,
): void {
  for (const place of placesOf(
    container,
    steps,
    depth,
    path,
    change,
    walking,
  )) {
    if (depth === steps.length - 1) {
      change.carryOut(place, walking);
      continue;
    }
    const child = childAt(place, steps, depth, change);
    if (!child) continue;
    const resolved = steps.with(depth, String(place.key));
    walk(child, resolved, depth + 1, path, change, walking);
  }
}

/** The places in one document or array that one step of the path stands for. */
function placesOf(
  container: Container,
  steps: string[],
  depth: number,
  path: string,
  change: Change,
  walking: Walk,
): Place[] {
  const step = steps[depth] ?? "";
  if (!Array.isArray(container)) {
    if (isArrayStep(step)) throw notAnArray(steps, depth, container);
    return [documentPlace(container, step)];
  }
  if (isArrayStep(step))
    return positionsOf(container, steps, depth, path, walking).map((i) =>
      arrayPlace(container, i),
    );
  if (isIndex(step)) {
    const index = Number(step);
    if (change.creates) backfill(container, index);
    return [arrayPlace(container, index)];
  }
  if (!change.creates) return [];
  throw new CommandError(
    "PathNotViable",
    `Cannot create field '${step}' in element {${steps[depth - 1]}: ${show(container)}}`,
  );
}

const isArrayStep = (step: string) => step === "$" || step.startsWith("$[");

function positionsOf(
  array: unknown[],
  steps: string[],
  depth: number,
  path: string,
  { original, filters, context }: Walk,
): number[] {
  const step = steps[depth] ?? "";
  if (step === "$[]") return [...array.keys()];
  if (step === "$") {
    const before = steps.slice(0, depth).join(".");
    const position = positionOf(original, before, context.filter, context);
    if (position !== undefined) return [position];
    throw new CommandError(
      "BadValue",
      "The positional operator did not find the match needed from the query.",
    );
  }
  const identifier = step.slice(2, -1);
  const filter = filters.get(identifier);
  if (!filter)
    throw new CommandError(
      "BadValue",
      `No array filter found for identifier '${identifier}' in path '${path}'`,
    );
  return [...array.keys()].filter((i) => filter({ [identifier]: array[i] }));
}

function documentPlace(container: Document, key: string): Place {
  return {
    container,
    key,
    exists: Object.hasOwn(container, key),
    get: () => (Object.hasOwn(container, key) ? container[key] : undefined),
    set: (value) => setField(container, key, value),
    remove: () => delete container[key],
  };
}

function arrayPlace(container: unknown[], key: number): Place {
  return {
    container,
    key,
    exists: key < container.length,
    get: () => container[key],
    set: (value) => (container[key] = value),
    // Removing an element would move the others, so `$unset` leaves null.
    remove: () => (container[key] = null),
  };
}

function backfill(array: unknown[], index: number) {
  if (index - array.length > mostBackfill)
    throw new CommandError(
      "BadValue",
      `can't backfill more than ${mostBackfill} elements of an array`,
    );
  while (array.length < index) array.push(null);
}

/** The document or array below a place, made where the change creates fields. */
function childAt(
  place: Place,
  steps: string[],
  depth: number,
  change: Change,
): Container | undefined {
  const next = steps[depth + 1] ?? "";
  if (!place.exists) {
    if (!change.creates) return undefined;
    if (isArrayStep(next))
      throw new CommandError(
        "BadValue",
        `The path '${steps.slice(0, depth + 1).join(".")}' must exist in the document in order ` +
          "to apply array updates.",
      );
    const child: Document = {};
    place.set(child);
    return child;
  }
  const child = place.get();
  if (isDocument(child) || Array.isArray(child)) return child;
  if (isArrayStep(next)) throw notAnArray(steps, depth + 1, child);
  if (!change.creates) return undefined;
  throw new CommandError(
    "PathNotViable",
    `Cannot create field '${next}' in element {${place.key}: ${show(child)}}`,
  );
}

function notAnArray(steps: string[], depth: number, value: unknown) {
  return new CommandError(
    "BadValue",
    `Cannot apply array updates to non-array element ${steps[depth - 1]}: ${show(value)}`,
  );
}
