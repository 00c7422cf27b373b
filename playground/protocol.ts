/**
 * What the playground's page and its server say to each other over Socket.IO, in types.
 *
 * The page connects to its own address with `auth: { token }`; a wrong token is refused with the
 * message `unauthorized`. Then it gets `state`, everything at once. After that come changes, each
 * with the number after the last one's: `changed` replaces whole parts of the state, `wire` adds to
 * the timeline. A page that misses a number, or that was not recovered after a reconnect (then
 * `state` comes by itself), asks for `state:get`.
 *
 * Times are in milliseconds. JSON that a person edits travels as text, so that a mistake in it can be
 * told where it is shown.
 */

// ---- events

export interface ServerToClientEvents {
  /** Everything, on each connection that was not recovered. */
  state(state: State): void;
  /** Parts of the state that are to be replaced. */
  changed(changed: Changed): void;
  /** What was added to the timeline, in batches. */
  wire(added: WireAdded): void;
}

/** Each is answered. What is not possible is answered with one sentence that says why. */
export interface ClientToServerEvents {
  "state:get": (answer: (state: State) => void) => void;

  "lesson:open": (lesson: { name: string }, answer: Done) => void;
  /** The next hint for a requirement; at most its three. They stay in its `hints`. */
  "hint:next": (of: { requirement: string }, answer: Done) => void;
  /** One's own files beside the solution's. Refused with `needs: "confirmation"` before a try. */
  "solution:get": (
    how: { confirmed: boolean },
    answer: (
      solution: Answer<{ files: ComparedFile[]; notes: string }>,
    ) => void,
  ) => void;
  /** Back to the starter. Refused with `needs: "confirmation"` until it is confirmed. */
  "lesson:reset": (how: { confirmed: boolean }, answer: Changing) => void;
  /** The files of the lesson before become this lesson's. Refused until it is confirmed. */
  "lesson:carry": (how: { confirmed: boolean }, answer: Changing) => void;

  "check:run": (answer: Done) => void;
  /** A failed requirement, as a picture. */
  "picture:get": (
    of: { requirement: string },
    answer: (picture: Answer<{ picture: Picture }>) => void,
  ) => void;

  "server:restart": (answer: Done) => void;
  /** Asks the server by HTTP, as `GET /health`. It also shows in the timeline, as `http`. */
  "server:request": (
    request: { path: string },
    answer: (response: Answer<{ status: number; body: CutText }>) => void,
  ) => void;

  "client:add": (client: NewClient, answer: Done) => void;
  "client:remove": (client: { name: string }, answer: Done) => void;
  "client:connect": (client: { name: string }, answer: Done) => void;
  /** Says goodbye, as a page that is closed. */
  "client:disconnect": (client: { name: string }, answer: Done) => void;
  /** The line goes down, without a goodbye, and stays down. */
  "client:cut": (client: { name: string }, answer: Done) => void;
  /** The line is back: the client connects again by itself. */
  "client:mend": (client: { name: string }, answer: Done) => void;
  /** It stops reading what arrives, or reads again. */
  "client:pause": (
    client: { name: string; paused: boolean },
    answer: Done,
  ) => void;
  /** Other options; a client that is connected connects anew with them. */
  "client:change": (client: NewClient, answer: Done) => void;
  /**
   * Emits. Answered when it is sent, or with `acknowledged` when `withAck`: what the server
   * answered, or that nothing came within 5 s.
   */
  "client:emit": (
    emission: Emission,
    answer: (sent: Answer<{ acknowledged: Acknowledged | null }>) => void,
  ) => void;

  /** The line between the server and its database goes down, or is mended. */
  "database:cut": (line: { cut: boolean }, answer: Done) => void;

  /** Forgets the timeline so far. */
  "wire:clear": (answer: Done) => void;
}

/** How a command went. */
export type Answer<T extends object = object> =
  | ({ ok: true } & T)
  | {
      ok: false;
      /** For the person: what is not possible, and what to do. */
      message: string;
      /** Say `confirmed: true`, once the person has. */
      needs?: "confirmation";
    };

export type Done = (answer: Answer) => void;

/** @param kept the files that were put aside, as a person reads their paths */
export type Changing = (answer: Answer<{ kept: string[] }>) => void;

/** Sent once by the page as `io({ auth })`. */
export interface Credentials {
  token: string;
}

// ---- the state and its changes

export interface State {
  /** The number of the last change that is in it. */
  change: number;
  lessons: LessonInList[];
  lesson: LessonState;
  check: CheckState;
  server: ServerState;
  clients: ClientState[];
  /** `null` where the lesson needs no database. */
  database: DatabaseState | null;
  wire: WireState;
}

/** A part that is absent has not changed. */
export interface Changed extends Partial<
  Pick<
    State,
    "lessons" | "lesson" | "check" | "server" | "clients" | "database"
  >
> {
  /** One more than the change before. */
  change: number;
}

export interface WireAdded {
  change: number;
  /** Whether what was there before is forgotten. */
  cleared: boolean;
  entries: WireEntry[];
}

// ---- lessons

export interface LessonInList {
  /** Its folder, such as `03-who-hears-it`. */
  name: string;
  /** Such as `03`. */
  number: string;
  title: string;
  progress: "new" | "started" | "passed";
}

export interface LessonState extends LessonInList {
  /** Its README, in Markdown. Links are relative to `lessons/NAME/`. */
  readme: string;
  /** The learner's files in the lesson. */
  files: { name: string; path: string }[];
  /** Whether it was ever checked: then the solution needs no confirmation. */
  tried: boolean;
  /** The lesson whose files can be carried here; `null` where none can. */
  carriesFrom: { number: string; title: string } | null;
  /** What can be sent by one press of a button. */
  presets: Preset[];
  /** What a client that is added is like, unless the person says otherwise. */
  defaults: Omit<ClientOptions, "auth"> & {
    /** By name; other names get `other`. */
    auth: Record<string, string>;
    otherAuth: string;
  };
}

/**
 * Strings such as `‹id of Bob›` in what is sent are replaced by the socket id of that client, and
 * the ids in what arrives by such words.
 */
export type Preset =
  | {
      kind: "emit";
      label: string;
      event: string;
      /** JSON texts, one for each argument. */
      args: string[];
      withAck: boolean;
      /** Who sends it; whichever client is chosen where it is absent. */
      from?: string;
    }
  | { kind: "request"; label: string; path: string };

export interface ComparedFile {
  /** Such as `server.ts`. */
  name: string;
  /** `null` where the learner has no such file. */
  own: string | null;
  /** `null` where the solution has no such file. */
  solution: string | null;
}

// ---- the check

export interface CheckState {
  /** Counts the checks of this lesson since it was opened; 0 before the first. */
  run: number;
  running: boolean;
  /** Of the last check that came to its end; `null` before. */
  verdict: "passed" | "not-yet" | "could-not-tell" | null;
  /** How long it took. */
  ms: number | null;
  requirements: RequirementState[];
  /** What was wrong with the server as a process, in a sentence. */
  fault: FaultState | null;
  /** Beside the verdict, such as a line that TypeScript objects to. */
  notices: string[];
  /** What the workshop itself could not do, such as to keep the progress. */
  trouble: string | null;
}

export interface RequirementState {
  id: string;
  title: string;
  kind: "base" | "stretch";
  /** `waiting` before the first check reaches it. */
  status:
    "waiting" | "running" | "passed" | "failed" | "skipped" | "could-not-tell";
  did: string | null;
  expected: string | null;
  received: string | null;
  hint: string | null;
  /** What the server printed meanwhile, for one that failed. */
  output: string[];
  /** Whether `picture:get` has something to show. */
  hasPicture: boolean;
  /** Those of its three hints that were asked for. */
  hints: string[];
}

/** A failed requirement as a sequence diagram: the entries are those of the check's own clients. */
export interface Picture {
  requirement: string;
  title: string;
  expected: string;
  received: string;
  /** Who takes part, from left to right: the check's clients, `http`, `server`. */
  lanes: string[];
  entries: WireEntry[];
  /** Index of the first entry that is not as it should be; the last says what was missing. */
  differs: number;
  /** Entries at the beginning that were left out because there were too many. */
  omitted: number;
}

// ---- the server under observation

export interface ServerState {
  status: "compiling" | "starting" | "running" | "crashed" | "stopped";
  /** Where it can be reached, while it runs. Its page goes into the frame. */
  url: string | null;
  /** Starts since the lesson was opened. */
  starts: number;
  /** Why it does not run. */
  fault: FaultState | null;
}

export interface FaultState {
  /** For programs, such as `syntax-error`. */
  kind: string;
  message: string;
  hint: string;
  /** `file:line`, where one is known. */
  where: string | null;
  /** The last lines of its console, or the line that cannot be read. */
  output: string[];
}

// ---- clients

export interface ClientOptions {
  /** `default` begins with polling and is upgraded. */
  transport: "default" | "websocket" | "polling";
  /** `/` for the main one. */
  namespace: string;
  /** JSON of an object, or nothing: what the handshake carries. */
  auth: string;
  /** Whether `offsets` goes into the handshake too. */
  sendOffsets: boolean;
  /** JSON that it answers whenever the server asks it; `null` lets the server wait. */
  answer: string | null;
}

export interface NewClient extends Partial<ClientOptions> {
  /** 1 to 16 letters and digits. */
  name: string;
}

export interface ClientState extends ClientOptions {
  name: string;
  /** `cut`: its line is down until it is mended. `refused`: by the server; see `refusal`. */
  status: "connecting" | "connected" | "disconnected" | "cut" | "refused";
  paused: boolean;
  /** The socket id, while it is connected. */
  id: string | null;
  /** `polling` or `websocket`, while it is connected. */
  via: string | null;
  /** Whether the connection goes on with the session of the one before. */
  recovered: boolean;
  /** The message of `connect_error`, or why the line ended. */
  refusal: string | null;
  /** By room: the last `seq` that it heard. */
  offsets: Record<string, number>;
  /** How many events it has heard. */
  heard: number;
}

export interface Emission {
  /** The client's name. */
  from: string;
  event: string;
  /** JSON texts, one for each argument. */
  args: string[];
  withAck: boolean;
}

export interface Acknowledged {
  /** JSON of all arguments of the answer; `null` when none came in time. */
  answer: CutText | null;
  ms: number;
}

// ---- the wire

export interface WireState {
  /** Oldest first; at most `limit`. */
  entries: WireEntry[];
  limit: number;
  /** Older ones that are no longer kept. */
  dropped: number;
}

/**
 * - `connect` `connected` `recovered` `refused` `upgrade` `disconnected` `cut` `mended`: of a client's
 *   line;
 * - `emit` a client to the server, `event` the server to a client, `ack` the answer to either;
 * - `request` `response` by HTTP;
 * - `console` a line that the server printed; `started` `saved` `fault` of the server as a process;
 * - `command` `reply` between the server and its database;
 * - `omitted` entries that came too fast to be shown, counted;
 * - `unmet` in a picture: what the check waited for in vain.
 */
export type WireKind =
  | "connect"
  | "connected"
  | "recovered"
  | "refused"
  | "upgrade"
  | "disconnected"
  | "cut"
  | "mended"
  | "emit"
  | "event"
  | "ack"
  | "request"
  | "response"
  | "console"
  | "started"
  | "saved"
  | "fault"
  | "command"
  | "reply"
  | "omitted"
  | "unmet";

export interface WireEntry {
  /** Counted from 1, in the order in which things happened; unique as long as the playground runs. */
  seq: number;
  /** Since the playground began; in a picture, since its first entry. */
  at: number;
  kind: WireKind;
  /** A client's name, `http`, `server`, `database` or `check`. */
  from: string;
  /** Where the arrow ends; `null` where it is a note on the lane `from`. */
  to: string | null;
  /** A short line for people, such as `chat:say` or `is connected (websocket)`. */
  text: string;
  /** The event's or the command's name. */
  event?: string;
  /** The arguments, the document or the body, as indented JSON. */
  payload?: CutText;
  /** As it went over the wire, such as `42["chat:say",{"text":"Hello"}]`. */
  raw?: CutText;
  /** From the question to this answer: of an `ack`, a `response`, a `reply`. */
  ms?: number;
  /** `seq` of the entry that this one answers. */
  answers?: number;
  /** Of an `emit` or `event`: whether an acknowledgement is wanted. */
  wantsAck?: boolean;
  /** How many entries an `omitted` stands for. */
  count?: number;
}

/** A text that is never longer than the playground keeps. */
export interface CutText {
  text: string;
  /** Characters that were cut off at its end. */
  cut: number;
}

// ---- the database

export interface DatabaseState {
  /** `null` until it is there. */
  engine: "mongod" | "built-in" | "external" | null;
  version: string | null;
  /** The name of the database that this server uses. */
  name: string | null;
  /** Why it cannot be shown, in a sentence. */
  trouble: string | null;
  /** Whether the server's line to it is down; `null` where that cannot be done. */
  cut: boolean | null;
  collections: CollectionState[];
}

export interface CollectionState {
  name: string;
  /** All documents that it holds. */
  count: number;
  /** The newest, newest first; at most 50. */
  documents: DocumentState[];
}

export interface DocumentState {
  /** Its `_id` as text, unique in the collection. */
  id: string;
  json: CutText;
  /** `seq` of the last timeline entry when it was first seen, or last seen changed; 0 if it was there. */
  since: number;
  change: "new" | "changed" | null;
}
