import { show } from "../bson/types.ts";
import type { Document } from "../bson/values.ts";
import { CommandError } from "../errors.ts";
import type { Positions } from "./places.ts";

/** A field of a document or an element of an array that an update reaches. */
export interface Place {
  container: Document | unknown[];
  key: string | number;
  exists: boolean;
  get(): unknown;
  set(value: unknown): void;
  remove(): void;
}

/** What one operator does at one path. */
export interface Change {
  /** Whether missing fields on the way are made. */
  creates: boolean;
  /** Whether it counts only when an upsert inserts. */
  onInsertOnly?: boolean;
  /** Further paths it writes to, for the search for conflicts. */
  alsoWrites?: string[];
  carryOut(place: Place, update: Positions & { document: Document }): void;
}

/** Makes a change from an operator's path and argument, refusing an argument of the wrong shape. */
export type MakeChange = (path: string, argument: unknown) => Change;

export function bad(message: string) {
  return new CommandError("BadValue", message);
}

/** A change that makes the fields on its way. */
export const creating = (carryOut: Change["carryOut"]): Change => ({
  creates: true,
  carryOut,
});

/** A change of what is there already. */
export const existing = (carryOut: Change["carryOut"]): Change => ({
  creates: false,
  carryOut: (place, update) => {
    if (place.exists) carryOut(place, update);
  },
});

export const idOf = (document: Document) => `{_id: ${show(document._id)}}`;
