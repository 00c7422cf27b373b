import { isDocument, missing } from "./values.ts";

/** `a.b.0` as its steps. */
export type Path = readonly string[];

export const pathOf = (dotted: string): Path => dotted.split(".");

/** Whether a step may name an element of an array. */
export const isIndex = (step: string) => /^(0|[1-9]\d*)$/.test(step);

/**
 * Visits every value that a path reaches, through arrays of documents as queries and index keys
 * do it, until the visitor returns true. Where the path leads nowhere the value is `missing`;
 * elements of an array that are no documents are passed over.
 *
 * @see https://www.mongodb.com/docs/manual/tutorial/query-array-of-documents/
 * @returns whether the visitor stopped the walk
 */
export function visitPath(
  value: unknown,
  path: Path,
  visit: (value: unknown) => boolean,
  depth = 0,
): boolean {
  const step = path[depth];
  if (step === undefined) return visit(value);
  if (Array.isArray(value)) {
    if (
      isIndex(step) &&
      Number(step) < value.length &&
      visitPath(value[Number(step)], path, visit, depth + 1)
    )
      return true;
    for (const element of value)
      if (isDocument(element) && visitPath(element, path, visit, depth))
        return true;
    return false;
  }
  if (isDocument(value) && Object.hasOwn(value, step))
    return visitPath(value[step], path, visit, depth + 1);
  return visit(missing);
}

/**
 * Every value that a path reaches, with the elements of an array at its end in the array's place:
 * what an index on the path would hold and what `distinct` lists.
 */
export function valuesAt(document: unknown, path: Path): unknown[] {
  const values: unknown[] = [];
  visitPath(document, path, (value) => {
    if (Array.isArray(value)) values.push(...value);
    else values.push(value);
    return false;
  });
  return values;
}

/** The value at a path of plain documents; `missing` where there is none. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const step of path) {
    if (!isDocument(value) || !Object.hasOwn(value, step)) return missing;
    value = value[step];
  }
  return value;
}
