import { cut, showArguments } from "../../checks/kit/show.ts";
import { argumentsAsJson, cutText } from "./texts.ts";
import type { NewEntry, Wire } from "./wire.ts";

/** Characters of an arrow's label. */
const LABEL = 90;

/** Something that went over a client's line. */
export interface Noted extends Pick<NewEntry, "kind"> {
  /** What the arrow says, before its arguments. */
  text: string;
  event?: string;
  args?: readonly unknown[];
  /** What is carried, but not said. */
  payload?: unknown;
  raw?: string | undefined;
  ms?: number;
  answers?: number | undefined;
  wantsAck?: boolean;
}

/**
 * What one client does and hears, as entries of the timeline. An entry is only made when there is room
 * for it.
 */
export class VisitorNotes {
  readonly #name: string;
  readonly #wire: Wire;

  constructor(name: string, wire: Wire) {
    this.#name = name;
    this.#wire = wire;
  }

  /** @returns the number of the entry, if there was room */
  toServer(noted: Noted): number | undefined {
    return this.#add(() => entryOf(this.#name, "server", noted));
  }

  /** @returns the number of the entry, if there was room */
  fromServer(noted: Noted): number | undefined {
    return this.#add(() => entryOf("server", this.#name, noted));
  }

  /** Something that is no arrow. */
  onLane(kind: NewEntry["kind"], text: string): void {
    this.#add(() => ({ kind, from: this.#name, to: null, text }));
  }

  #add(make: () => NewEntry): number | undefined {
    return this.#wire.add(this.#name, make)?.seq;
  }
}

function entryOf(
  from: string,
  to: string,
  { kind, text, event, args, payload, raw, ms, answers, wantsAck }: Noted,
): NewEntry {
  const shown = args ?? (payload === undefined ? undefined : [payload]);
  return {
    kind,
    from,
    to,
    text: cut(`${text} ${showArguments(args ?? [])}`.trimEnd(), LABEL),
    ...(event !== undefined && { event }),
    ...(shown && { payload: cutText(argumentsAsJson(shown)) }),
    ...(raw && { raw: cutText(raw) }),
    ...(ms !== undefined && { ms }),
    ...(answers !== undefined && { answers }),
    ...(wantsAck && { wantsAck }),
  };
}
