import { MinKey } from "bson";
import { isNumber, toNumber } from "../bson/numbers.ts";
import { compare, type Collator } from "../bson/order.ts";
import { pathOf, visitPath, type Path } from "../bson/paths.ts";
import { isDocument, missing, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";

// What an empty array sorts as: before null, as the `undefined` that an index would hold.
const emptyArray = new MinKey();

interface SortKey {
  path: Path;
  direction: 1 | -1;
}

/**
 * A comparison of documents by a sort specification such as `{ room: 1, seq: -1 }`. An array
 * sorts by its lowest element ascending and by its highest descending.
 *
 * @see https://www.mongodb.com/docs/manual/reference/method/cursor.sort/
 * @throws CommandError 15975 for a direction other than 1 and -1; `$meta` is refused
 */
export function sorter(
  specification: Document,
  collator?: Collator,
): <T>(documents: Iterable<T>) => T[] {
  const keys = Object.entries(specification).map(sortKey);
  return <T>(documents: Iterable<T>) =>
    Array.from(documents, (document) => ({
      document,
      values: keys.map((key) => sortValue(document, key, collator)),
    }))
      .sort((a, b) => {
        for (const [i, { direction }] of keys.entries()) {
          const order = compare(a.values[i], b.values[i], collator);
          if (order !== 0) return order * direction;
        }
        return 0;
      })
      .map(({ document }) => document);
}

function sortKey([field, direction]: [string, unknown]): SortKey {
  if (isDocument(direction))
    throw new CommandError(
      "CommandNotSupported",
      `sorting by ${Object.keys(direction).join()} is not supported by the built-in engine`,
    );
  const number = isNumber(direction) ? toNumber(direction) : NaN;
  if (number !== 1 && number !== -1)
    throw new CommandError(
      15975,
      "$sort key ordering must be 1 (for ascending) or -1 (for descending)",
    );
  return { path: pathOf(field), direction: number };
}

function sortValue(document: unknown, key: SortKey, collator: Collator) {
  let best: unknown = missing;
  let found = false;
  const offer = (value: unknown) => {
    if (!found || key.direction * compare(value, best, collator) < 0)
      best = value;
    found = true;
  };
  visitPath(document, key.path, (value) => {
    if (!Array.isArray(value)) offer(value);
    else if (value.length === 0) offer(emptyArray);
    else value.forEach(offer);
    return false;
  });
  return found ? best : missing;
}
