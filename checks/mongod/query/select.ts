import { letVariables } from "../aggregate/expressions.ts";
import { collatorFor } from "../bson/collation.ts";
import { toNumber } from "../bson/numbers.ts";
import { equal } from "../bson/order.ts";
import { firstKey, isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { Collection } from "../store/collection.ts";
import { documentsOf, type Catalog } from "../store/store.ts";
import { compileFilter, type MatchContext } from "./match.ts";
import { sorter } from "./sort.ts";

/** Ends a command that takes longer than its `maxTimeMS`. */
export class Deadline {
  readonly #end: number;

  constructor(maxTimeMS: unknown, now = Date.now()) {
    const limit =
      maxTimeMS === undefined || maxTimeMS === null ? 0 : toNumber(maxTimeMS);
    if (!(limit >= 0) || limit > 2147483647)
      throw new CommandError(
        "BadValue",
        `${String(maxTimeMS)} value for maxTimeMS is out of range`,
      );
    this.#end = limit === 0 ? Infinity : now + limit;
  }

  /** @throws CommandError 50 (MaxTimeMSExpired) */
  check(): void {
    if (Date.now() > this.#end)
      throw new CommandError(
        "MaxTimeMSExpired",
        "operation exceeded time limit",
      );
  }
}

/** What a query asks for beside its filter. */
export interface Query {
  filter: Document;
  sort?: unknown;
  skip?: number;
  limit?: number;
  hint?: unknown;
  collation?: unknown;
  variables?: Document | undefined;
}

/** What filters, projections and updates of a query are evaluated with. */
export function contextOf(
  catalog: Catalog,
  database: string,
  collection: Collection | undefined,
  { collation, variables }: Pick<Query, "collation" | "variables"> = {},
): MatchContext {
  return {
    collator: collatorFor(collation ?? collection?.options.collation),
    variables,
    collection: (name) => documentsOf(catalog, database, name),
  };
}

/** The variables that a command's `let` defines. */
export function variablesOf(
  command: Document,
  outer?: Document,
): Document | undefined {
  return letVariables(command.let ?? undefined, outer);
}

/** Between two looks at the clock this many documents are matched. */
const documentsPerCheck = 512;

/**
 * The documents of a collection that a query selects, in its order.
 *
 * @param collection undefined where there is none: the query is checked all the same
 */
export function select(
  collection: Collection | undefined,
  query: Query,
  context: MatchContext,
  deadline: Deadline,
): Document[] {
  const test = compileFilter(query.filter, context);
  const order = sortOrder(query.sort);
  const sort =
    order && !("$natural" in order)
      ? sorter(order, context.collator)
      : undefined;
  if (!collection) return [];
  checkHint(collection, query.hint);
  const { skip = 0, limit = 0 } = query;
  const natural =
    order?.$natural ??
    (isDocument(query.hint) ? query.hint.$natural : undefined);
  const backwards = natural !== undefined && toNumber(natural) < 0;
  const enough = limit > 0 && !sort && !backwards ? skip + limit : Infinity;
  // Under a collation, strings that differ may be equal, which the keys of lookups are not.
  const source = context.collator
    ? collection.documents.values()
    : collection.candidates(query.filter);
  let found: Document[] = [];
  let looked = 0;
  deadline.check();
  for (const document of source) {
    if (++looked % documentsPerCheck === 0) deadline.check();
    if (test(document) && found.push(document) >= enough) break;
  }
  if (sort) found = sort(found);
  else if (backwards) found.reverse();
  return skip > 0 || limit > 0
    ? found.slice(skip, limit > 0 ? skip + limit : undefined)
    : found;
}

function sortOrder(sort: unknown): Document | undefined {
  return isDocument(sort) && firstKey(sort) !== undefined ? sort : undefined;
}

/** @throws CommandError 2 where the hint names no index of the collection */
export function checkHint(collection: Collection, hint: unknown): void {
  if (hint === undefined || hint === null) return;
  if (isDocument(hint) && (firstKey(hint) === undefined || "$natural" in hint))
    return;
  const named = collection.indexes.some(({ specification }) =>
    typeof hint === "string"
      ? specification.name === hint
      : equal(specification.key, hint),
  );
  if (!named)
    throw new CommandError(
      "BadValue",
      "error processing query: planner returned error: hint provided does not correspond to an existing index",
    );
}
