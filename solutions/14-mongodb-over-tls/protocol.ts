// What goes over the wire, for both sides. A server imports it, and a client in
// TypeScript may import the same file. Only types: at run time nothing of it is left.

/** What a client may send. Socket.IO has one such list for all namespaces. */
export interface ClientToServerEvents {
  "room:join": (payload: { room: string }, ack: Ack<Joined>) => void;
  "room:leave": (payload: { room: string }, ack: Ack<Left>) => void;
  "message:send": (
    payload: { room: string; text: string; clientId?: string },
    ack: Ack<Sent>,
  ) => void;
  /** Only what is older than the place `before`, and the newest of that. */
  "history:get": (
    payload: { room: string; before?: number; limit?: number },
    ack: Ack<Done & Page>,
  ) => void;
  /** `to` is the id of a socket. */
  "dm:send": (payload: { to: string; text: string }, ack: Ack<Done>) => void;
  /** The one call whose answer hardly anybody needs. */
  "typing:start": (payload: { room: string }, ack?: Ack<Done>) => void;
  /** In the namespace /admin only. */
  "stats:get": (ack: Ack<Stats>) => void;
}

/** What the server sends. Always one object: fields can be added to it later. */
export interface ServerToClientEvents {
  /** `recovered`: the line is back, and with it the rooms and what was told meanwhile. */
  welcome: (payload: { id: string; recovered: boolean }) => void;
  "room:joined": (payload: { room: string; user: string }) => void;
  "room:left": (payload: { room: string; user: string }) => void;
  "message:new": (payload: Message) => void;
  "dm:new": (payload: { from: string; text: string }) => void;
  typing: (payload: { room: string; user: string }) => void;
}

/** What a client brings when it connects. */
export interface Auth {
  token: string;
  /** For each room that it was in: the place of the last message that it has. */
  offsets?: { [room: string]: number };
}

/** What the server knows of a socket. */
export interface SocketData {
  /** Whose token it came with. */
  user: string;
}

export interface Message {
  id: string;
  room: string;
  /** Its place in the room: 1, 2, 3 … What comes later has a higher one. */
  seq: number;
  user: string;
  text: string;
  /** What its sender chose for it, to know it again. */
  clientId?: string;
  /** An ISO date, as text: JSON has no dates. */
  at: string;
}

/** A part of the past. */
export interface Page {
  /** Oldest first. */
  messages: Message[];
  /** Whether there are older ones. */
  hasMore: boolean;
}

/** What a client does not have yet. Some of it may come as message:new too: `seq` tells. */
export interface Missed {
  /** Oldest first. */
  missed: Message[];
  /** Whether there is more, behind these. */
  truncated: boolean;
}

/** The last argument of a call: the client's function that takes the answer. */
export type Ack<Success extends Done> = (answer: Success | Refused) => void;

/** Look at `ok` first, and TypeScript knows which of the two it is. */
export interface Done {
  ok: true;
}
export interface Refused {
  ok: false;
  error: { code: ErrorCode; message: string };
}
export type ErrorCode =
  "BAD_REQUEST" | "NOT_IN_ROOM" | "DB_UNAVAILABLE" | "INTERNAL";

export interface Joined extends Done, Missed {
  room: string;
  members: number;
}
export interface Left extends Done {
  room: string;
}
export interface Sent extends Done {
  id: string;
  seq: number;
  /** It had come before. `id` and `seq` are those of the first. */
  duplicate?: true;
}
export interface Stats extends Done {
  online: number;
}
