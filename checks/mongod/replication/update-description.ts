import { equal } from "../bson/order.ts";
import { isIndex } from "../bson/paths.ts";
import { isDocument, setField, type Document } from "../bson/values.ts";

/** The fields and array indexes that lead to a change. */
type Steps = readonly (string | number)[];

/**
 * What an update changed, as a change event tells it. `disambiguatedPaths` has the steps of each
 * path that reads like another: one with a field whose name is a number or has a dot in it.
 *
 * @see https://www.mongodb.com/docs/manual/reference/change-events/update/
 */
export function describeUpdate(before: Document, after: Document): Document {
  const updatedFields: Document = {};
  const removedFields: string[] = [];
  const truncatedArrays: Document[] = [];
  const disambiguatedPaths: Document = {};
  compareDocuments(before, after, []);
  return { updatedFields, removedFields, truncatedArrays, disambiguatedPaths };

  function pathOf(steps: Steps): string {
    const path = steps.join(".");
    const ambiguous = steps.some(
      (step) =>
        typeof step === "string" && (isIndex(step) || step.includes(".")),
    );
    if (ambiguous) setField(disambiguatedPaths, path, [...steps]);
    return path;
  }

  function compareDocuments(old: Document, now: Document, steps: Steps) {
    for (const field of Object.keys(old))
      if (!Object.hasOwn(now, field))
        removedFields.push(pathOf([...steps, field]));
    for (const field of Object.keys(now))
      if (Object.hasOwn(old, field))
        compareValues(old[field], now[field], [...steps, field]);
      else setField(updatedFields, pathOf([...steps, field]), now[field]);
  }

  function compareValues(old: unknown, now: unknown, steps: Steps) {
    if (equal(old, now)) return;
    if (isDocument(old) && isDocument(now)) compareDocuments(old, now, steps);
    else if (Array.isArray(old) && Array.isArray(now))
      compareArrays(old, now, steps);
    else setField(updatedFields, pathOf(steps), now);
  }

  function compareArrays(old: unknown[], now: unknown[], steps: Steps) {
    if (now.length < old.length) {
      if (now.every((element, i) => equal(element, old[i])))
        truncatedArrays.push({ field: pathOf(steps), newSize: now.length });
      else setField(updatedFields, pathOf(steps), now);
      return;
    }
    for (const [i, element] of now.entries())
      if (i < old.length) compareValues(old[i], element, [...steps, i]);
      else setField(updatedFields, pathOf([...steps, i]), element);
  }
}
