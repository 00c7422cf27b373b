import { pathOf, valueAt } from "../bson/paths.ts";
import { isDocument, isOperators, type Document } from "../bson/values.ts";
import { compileFilter, elementTest, type MatchContext } from "./match.ts";

/**
 * Which element of an array made a query match: what the positional `$` stands for in updates
 * and projections.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/update/positional/
 * @param array the array's dotted path
 * @returns undefined where the query has no condition on the array, or no element fulfils it
 */
export function positionOf(
  document: Document,
  array: string,
  filter: Document,
  context: MatchContext,
): number | undefined {
  const value = valueAt(document, pathOf(array));
  if (!Array.isArray(value)) return undefined;
  // With several conditions on the array the last one decides, as in mongod.
  for (const [path, condition] of conditionsOn(array, filter).reverse()) {
    const inside = path === array ? "" : path.slice(array.length + 1);
    const index = /^(\d+)(\.|$)/.exec(inside)?.[1];
    if (index !== undefined) return Number(index);
    const position = value.findIndex(conditionTest(inside, condition, context));
    if (position >= 0) return position;
  }
  return undefined;
}

function conditionsOn(array: string, filter: Document): [string, unknown][] {
  return Object.entries(filter).flatMap(([key, condition]) => {
    if ((key === "$and" || key === "$or") && Array.isArray(condition))
      return condition.flatMap((clause) =>
        isDocument(clause) ? conditionsOn(array, clause) : [],
      );
    return key === array || key.startsWith(`${array}.`)
      ? [[key, condition] satisfies [string, unknown]]
      : [];
  });
}

function conditionTest(
  inside: string,
  condition: unknown,
  context: MatchContext,
) {
  if (inside !== "") {
    const test = compileFilter({ [inside]: condition }, context);
    return (element: unknown) => isDocument(element) && test(element);
  }
  if (isOperators(condition) && "$elemMatch" in condition)
    return elementTest(condition.$elemMatch, context);
  const test = compileFilter({ element: condition }, context);
  return (element: unknown) => test({ element });
}
