import { equal } from "./order.ts";
import { isDocument, setField, type Document } from "./values.ts";

/**
 * What an update changed, as a change event tells it.
 *
 * @see https://www.mongodb.com/docs/manual/reference/change-events/update/
 */
export function describeUpdate(before: Document, after: Document): Document {
  const updatedFields: Document = {};
  const removedFields: string[] = [];
  const truncatedArrays: Document[] = [];
  compareDocuments(before, after, "");
  return { updatedFields, removedFields, truncatedArrays };

  function compareDocuments(old: Document, now: Document, prefix: string) {
    for (const field of Object.keys(old))
      if (!Object.hasOwn(now, field)) removedFields.push(prefix + field);
    for (const field of Object.keys(now)) {
      const path = prefix + field;
      if (Object.hasOwn(old, field))
        compareValues(old[field], now[field], path);
      else setField(updatedFields, path, now[field]);
    }
  }

  function compareValues(old: unknown, now: unknown, path: string) {
    if (equal(old, now)) return;
    if (isDocument(old) && isDocument(now))
      compareDocuments(old, now, `${path}.`);
    else if (Array.isArray(old) && Array.isArray(now))
      compareArrays(old, now, path);
    else setField(updatedFields, path, now);
  }

  function compareArrays(old: unknown[], now: unknown[], path: string) {
    const kept = now.slice(0, old.length);
    if (now.length < old.length) {
      if (kept.every((element, i) => equal(element, old[i])))
        truncatedArrays.push({ field: path, newSize: now.length });
      else setField(updatedFields, path, now);
      return;
    }
    for (const [i, element] of now.entries())
      if (i >= old.length || !equal(element, old[i]))
        setField(updatedFields, `${path}.${i}`, element);
  }
}
