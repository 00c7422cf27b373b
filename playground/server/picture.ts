import type { Failure } from "../../checks/kit/lesson.ts";
import { cut, showArguments } from "../../checks/kit/show.ts";
import { type Entry, withNames } from "../../checks/kit/timeline.ts";
import type { Picture, WireEntry, WireKind } from "../protocol.ts";
import { argumentsAsJson, asJson, cutText } from "./texts.ts";

/** Entries of one picture; of a longer one the end is shown. */
const MOST_ENTRIES = 200;

/** Characters of an arrow's label. */
const LABEL = 90;

/**
 * A failed requirement as a sequence diagram, made from the record of the check.
 *
 * @param entries the check's whole record
 * @returns `null` when the record holds no such failure
 */
export function pictureOf(
  requirement: { id: string; title: string },
  entries: readonly Entry[],
): Picture | null {
  const steps = stepsOf(requirement.title, entries);
  const last = steps.at(-1);
  if (last === undefined) return null;
  const failure = last.data as Failure;
  const shown = steps.slice(-MOST_ENTRIES);
  const inNames = withNames(steps);
  return {
    requirement: requirement.id,
    title: requirement.title,
    expected: inNames(failure.expected),
    received: inNames(failure.received),
    lanes: lanesOf(shown),
    entries: shown.map((entry, index) =>
      wireEntry(entry, index, shown[0]?.at ?? 0, inNames),
    ),
    differs: firstDifference(shown, failure),
    omitted: steps.length - shown.length,
  };
}

/** From the last beginning of the requirement to its failure. */
function stepsOf(title: string, entries: readonly Entry[]): Entry[] {
  const begin = entries.findLastIndex(
    ({ kind, text }) => kind === "begin" && text === title,
  );
  if (begin < 0) return [];
  const steps = entries.slice(begin + 1);
  const end = steps.findIndex(
    ({ kind }) => kind === "unmet" || kind === "begin",
  );
  return steps[end]?.kind === "unmet" ? steps.slice(0, end + 1) : [];
}

/**
 * Index of the first step that is not as it should be: the fault of a server that broke, the first
 * ear that an event was not meant for, the value that came; else the end, where something is missing.
 */
function firstDifference(steps: readonly Entry[], failure: Failure): number {
  const { event, meantFor = [], value } = failure.facts;
  const isWrongEar = wrongEars(event, meantFor);
  const end = steps.length - 1;
  const found = [
    steps.findIndex(({ kind }) => kind === "fault"),
    event === undefined ? -1 : steps.findIndex(isWrongEar),
    value === undefined
      ? -1
      : steps.findLastIndex((step) => carries(step, value)),
  ].find((index) => index >= 0 && index < end);
  return found ?? end;
}

/** Whether somebody hears the event whom it was not meant for, or hears it once more. */
function wrongEars(
  event: string | undefined,
  meantFor: readonly string[],
): (step: Entry) => boolean {
  const heard = new Set<string>();
  return ({ kind, lane, event: name }) => {
    if (kind !== "heard" || name !== event) return false;
    const isWrong = !meantFor.includes(lane) || heard.has(lane);
    heard.add(lane);
    return isWrong;
  };
}

function carries({ kind, data }: Entry, value: unknown): boolean {
  if (kind === "response") return data === value;
  return (
    (kind === "heard" || kind === "acknowledged") &&
    Array.isArray(data) &&
    data.includes(value)
  );
}

/** The check's clients by their names, then programs that it ran, HTTP, the server and its database. */
function lanesOf(steps: readonly Entry[]): string[] {
  const present = new Set(steps.map(({ lane }) => lane));
  const others = ["http", "server", "database", "check", "program"];
  const clients = [...present].filter((lane) => !others.includes(lane)).sort();
  return [
    ...clients,
    ...["program", "http"].filter((lane) => present.has(lane)),
    "server",
    ...(present.has("database") ? ["database"] : []),
  ];
}

interface Arrow {
  kind: WireKind;
  /** Where it goes, seen from the lane that noted it. */
  goes: "to the server" | "from the server" | "nowhere" | "to the database";
}

const arrows: Readonly<Record<Entry["kind"], Arrow>> = {
  begin: { kind: "connect", goes: "nowhere" },
  connect: { kind: "connect", goes: "to the server" },
  connected: { kind: "connected", goes: "from the server" },
  refused: { kind: "refused", goes: "from the server" },
  emit: { kind: "emit", goes: "to the server" },
  heard: { kind: "event", goes: "from the server" },
  acknowledged: { kind: "ack", goes: "from the server" },
  request: { kind: "request", goes: "to the server" },
  response: { kind: "response", goes: "from the server" },
  cut: { kind: "cut", goes: "nowhere" },
  leave: { kind: "disconnected", goes: "nowhere" },
  disconnected: { kind: "disconnected", goes: "nowhere" },
  run: { kind: "started", goes: "nowhere" },
  hinder: { kind: "cut", goes: "nowhere" },
  command: { kind: "command", goes: "to the database" },
  console: { kind: "console", goes: "nowhere" },
  fault: { kind: "fault", goes: "nowhere" },
  unmet: { kind: "unmet", goes: "nowhere" },
};

function wireEntry(
  entry: Entry,
  index: number,
  began: number,
  inNames: (text: string) => string,
): WireEntry {
  const { kind, goes } = arrows[entry.kind];
  const lane = entry.lane;
  const ends = {
    "to the server": { from: lane, to: "server" },
    "from the server": { from: "server", to: lane },
    "to the database": { from: "server", to: "database" },
    nowhere: { from: lane === "check" ? "server" : lane, to: null },
  }[goes];
  return {
    seq: index + 1,
    at: Math.round(entry.at - began),
    kind,
    ...ends,
    text: cut(inNames(labelOf(entry)), LABEL),
    ...(entry.event !== undefined && { event: entry.event }),
    ...(kind !== "unmet" &&
      entry.data !== undefined && {
        payload: cutText(inNames(payloadOf(entry.data))),
      }),
  };
}

/** As short as an arrow's label has to be: whose it is and where it goes can be seen. */
function labelOf({ kind, event, data, text }: Entry): string {
  if (event === undefined || !Array.isArray(data)) return text;
  const args = showArguments(data.filter(isNoFunction));
  return `${kind === "acknowledged" ? "ack" : event} ${args}`.trimEnd();
}

function isNoFunction(value: unknown): boolean {
  return typeof value !== "function";
}

function payloadOf(data: unknown): string {
  if (typeof data === "string") return data;
  return Array.isArray(data)
    ? argumentsAsJson(data.filter(isNoFunction))
    : asJson(data);
}
