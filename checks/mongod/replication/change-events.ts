import { isDocument, type Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { DocumentChange } from "../store/collection.ts";
import type { LogEntry } from "./oplog.ts";
import { describeUpdate } from "./update-description.ts";

/** Events that only `showExpandedEvents` shows. */
export const expandedEvents = new Set([
  "create",
  "createIndexes",
  "dropIndexes",
  "modify",
]);

/** The document of a change as it is now. */
export type LookUp = (change: DocumentChange) => Document | undefined;

/**
 * A change as a change stream tells it.
 *
 * @see https://www.mongodb.com/docs/manual/reference/change-events/
 * @param options what the stream was opened with
 */
export function eventFor(
  entry: LogEntry,
  options: Document,
  lookUp: LookUp,
): Document {
  const { change, transaction } = entry;
  const common = commonFields(entry);
  const { _id, ...rest } = common;
  const event = { _id, operationType: change.type, ...rest, ...transaction };
  if ("key" in change)
    return { ...event, ...documentFields(change, options, lookUp) };
  if (change.type === "dropDatabase")
    return { ...event, ns: { db: change.database } };
  const ns = { db: change.database, coll: change.collection?.name };
  const plain = { ...event, ns, ...change.event };
  if (!options.showExpandedEvents) return plain;
  return {
    ...plain,
    collectionUUID: change.collection?.uuid,
    ...(change.description ? { operationDescription: change.description } : {}),
    ...(expandedEvents.has(change.type)
      ? { nsType: change.collection?.type }
      : {}),
  };
}

function documentFields(
  change: DocumentChange,
  options: Document,
  lookUp: LookUp,
): Document {
  const { type, collection, before, after } = change;
  const fields: Document = {
    ...(options.showExpandedEvents ? { collectionUUID: collection.uuid } : {}),
    ns: { db: collection.database, coll: collection.name },
    documentKey: { _id: (after ?? before)?._id },
  };
  if (type === "insert" || type === "replace") fields.fullDocument = after;
  if (type === "update") {
    const { disambiguatedPaths, ...description } = describeUpdate(
      before ?? {},
      after ?? {},
    );
    fields.updateDescription = options.showExpandedEvents
      ? { ...description, disambiguatedPaths }
      : description;
    Object.assign(fields, postImage(change, options, lookUp));
  }
  return type === "insert"
    ? fields
    : { ...fields, ...preImage(change, options) };
}

function postImage(
  change: DocumentChange,
  options: Document,
  lookUp: LookUp,
): Document {
  const wanted = options.fullDocument ?? "default";
  if (wanted === "default") return {};
  if (wanted === "updateLookup")
    return { fullDocument: lookUp(change) ?? null };
  return { fullDocument: image(change, wanted, change.after, "post") };
}

function preImage(change: DocumentChange, options: Document): Document {
  const wanted = options.fullDocumentBeforeChange ?? "off";
  if (wanted === "off") return {};
  return {
    fullDocumentBeforeChange: image(change, wanted, change.before, "pre"),
  };
}

/** An image of a document that is kept only where the collection was told to. */
function image(
  { collection }: DocumentChange,
  wanted: unknown,
  document: Document | undefined,
  kind: "pre" | "post",
): Document | null {
  if (wanted !== "whenAvailable" && wanted !== "required")
    throw new CommandError(
      "BadValue",
      `'${String(wanted)}' is no option for ${kind}-images`,
    );
  const images = collection.options.changeStreamPreAndPostImages;
  if (isDocument(images) && images.enabled) return document ?? null;
  if (wanted === "whenAvailable") return null;
  throw new CommandError(
    "NoMatchingDocument",
    `Change stream was configured to require a ${kind}-image for all update, delete and replace ` +
      `events, but the ${kind}-image was not found for an event`,
  );
}

/** The fields that every event has. */
export function commonFields({ sequence, time, wallTime }: LogEntry): Document {
  return { _id: tokenFor(sequence + 1), clusterTime: time, wallTime };
}

/** A token says from which entry of the log to go on. */
export function tokenFor(sequence: number): Document {
  return { _data: sequence.toString(16).toUpperCase().padStart(16, "0") };
}
