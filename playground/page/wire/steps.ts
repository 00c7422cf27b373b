import type { WireEntry, WireKind } from "../../protocol.ts";
import type { Lane, Mood, Step, Tone } from "../diagram/figure.ts";
import { compactJson } from "../parts/json.ts";
import { inTime } from "./time.ts";

/** Names of lanes that are not clients. */
const others: Readonly<Record<string, Omit<Lane, "id">>> = {
  check: { label: "Check", tone: "plain" },
  http: { label: "HTTP", tone: "plain" },
  server: { label: "Server", tone: "server" },
  console: { label: "Console", tone: "console" },
  database: { label: "Database", tone: "database" },
};

const tones: Readonly<Record<string, Tone>> = {
  Alice: "client-1",
  Bob: "client-2",
  Carol: "client-3",
};

/** The colour of a client: everywhere and always the same for the same name. */
export const toneOf = (name: string): Tone => tones[name] ?? "client-4";

/**
 * Who takes part, from left to right: the clients, HTTP where it was used, the server, its console,
 * the database.
 *
 * @param clients those that are there, even if nothing has happened to them
 */
export function lanesOf(
  entries: readonly WireEntry[],
  clients: readonly string[],
  { database = false, console = true } = {},
): Lane[] {
  const seen = new Set(clients);
  let printed = false;
  for (const { from, to, kind } of entries) {
    seen.add(from);
    if (to !== null) seen.add(to);
    printed ||= kind === "console";
  }
  if (database) seen.add("database");
  if (console || printed) seen.add("console");
  seen.add("server");
  const people = [...seen].filter((name) => !(name in others));
  return [
    ...people.map((id) => ({ id, label: id, tone: toneOf(id) })),
    ...Object.entries(others)
      .filter(([id]) => seen.has(id))
      .map(([id, lane]) => ({ id, ...lane })),
  ];
}

const moods: Readonly<Partial<Record<WireKind, Mood>>> = {
  connected: "good",
  recovered: "good",
  started: "good",
  mended: "good",
  refused: "bad",
  cut: "bad",
  fault: "bad",
  unmet: "bad",
  omitted: "quiet",
};

const answers: ReadonlySet<WireKind> = new Set(["ack", "response", "reply"]);
const rules: ReadonlySet<WireKind> = new Set([
  "started",
  "saved",
  "fault",
  "omitted",
]);

/** How an entry is drawn. */
export function stepOf(entry: WireEntry): Step {
  const mood = moods[entry.kind] ?? "calm";
  if (entry.to !== null) {
    const [text, data] = nameAndData(entry);
    const more = [data, ...remarks(entry)].join(" ").trim();
    return {
      kind: "message",
      from: entry.from,
      to: entry.to,
      text,
      ...(more === "" ? {} : { more }),
      answer: answers.has(entry.kind),
      mood,
    };
  }
  if (rules.has(entry.kind)) return { kind: "rule", text: entry.text, mood };
  const printed = entry.kind === "console";
  return {
    kind: "note",
    over: printed ? ["server", "console"] : [entry.from],
    text: entry.text,
    look: printed ? "console" : "state",
    mood,
  };
}

/** `chat:say` and `{ text: 'Hello' }`: what it is called, and what it carries. */
function nameAndData(entry: WireEntry): [string, string] {
  const { kind, text, event = "", payload } = entry;
  const at = kind === "emit" || kind === "event" ? text.indexOf(event) : -1;
  if (at >= 0 && event !== "")
    return [event, text.slice(at + event.length).trim()];
  const [, name = text, data] = /^(.*?)\s([{["'].*)$/s.exec(text) ?? [];
  if (data !== undefined) return [name, data];
  return [text, compactJson(payload?.text.slice(0, 300) ?? "")];
}

function remarks({ wantsAck, ms }: WireEntry): string[] {
  return [
    ...(wantsAck === true ? ["↩ wants an answer"] : []),
    ...(ms === undefined ? [] : [`· ${inTime(ms)}`]),
  ];
}

const up: ReadonlySet<WireKind> = new Set(["connected", "recovered"]);
const down: ReadonlySet<WireKind> = new Set(["disconnected", "cut", "refused"]);
/** What nobody does, and nothing that happens to anybody, without a connection. */
const onlyWhileUp: ReadonlySet<WireKind> = new Set([
  "emit",
  "event",
  "disconnected",
  "cut",
]);

/**
 * For each entry the clients that are connected after it. A client whose first news is that its line
 * ended, or that it spoke, was connected before.
 */
export function connectedAfter(
  entries: readonly WireEntry[],
): ReadonlySet<string>[] {
  let connected: ReadonlySet<string> = connectedBefore(entries);
  return entries.map((entry) => {
    const client = clientOf(entry);
    if (up.has(entry.kind) && !connected.has(client))
      connected = new Set([...connected, client]);
    if (down.has(entry.kind) && connected.has(client))
      connected = new Set([...connected].filter((name) => name !== client));
    return connected;
  });
}

function connectedBefore(entries: readonly WireEntry[]): Set<string> {
  const known = new Set<string>();
  const before = new Set<string>();
  for (const entry of entries) {
    const client = clientOf(entry);
    const tells =
      entry.kind === "connect" ||
      up.has(entry.kind) ||
      down.has(entry.kind) ||
      onlyWhileUp.has(entry.kind);
    if (!tells || known.has(client)) continue;
    known.add(client);
    if (onlyWhileUp.has(entry.kind)) before.add(client);
  }
  return before;
}

/** Whose entry it is: of two ends the one that is not the server. */
const clientOf = ({ from, to }: WireEntry) =>
  from === "server" ? (to ?? from) : from;

/** An entry as one sentence, for those who hear the page. */
export function inOneSentence(entry: WireEntry): string {
  const way =
    entry.to === null
      ? laneName(entry.from)
      : `${laneName(entry.from)} to ${laneName(entry.to)}`;
  const step = stepOf(entry);
  const seen =
    step.kind === "message" ? `${step.text} ${step.more ?? ""}` : entry.text;
  const kind = kindInWords[entry.kind];
  return `${way}: ${kind} ${seen}`.trimEnd();
}

/** What a lane is called. */
export const laneName = (id: string) => others[id]?.label ?? id;

/** What an entry is called. */
export const kindInWords: Readonly<Record<WireKind, string>> = {
  connect: "connects",
  connected: "connected",
  recovered: "recovered",
  refused: "refused",
  upgrade: "upgrade",
  disconnected: "disconnected",
  cut: "line cut",
  mended: "line mended",
  emit: "emit",
  event: "event",
  ack: "acknowledgement",
  request: "HTTP request",
  response: "HTTP response",
  console: "printed",
  started: "start",
  saved: "saved",
  fault: "fault",
  command: "database command",
  reply: "database reply",
  omitted: "left out",
  unmet: "did not come",
};
