export interface ClientToServerEvents {
  "room:join": (payload: { room: string }, ack: Ack<Joined>) => void;
  "room:leave": (payload: { room: string }, ack: Ack<Left>) => void;
  "message:send": (
    payload: { room: string; text: string },
    ack: Ack<Sent>,
  ) => void;
  "dm:send": (payload: { to: string; text: string }, ack: Ack<Done>) => void;
  "typing:start": (payload: { room: string }, ack?: Ack<Done>) => void;
  "stats:get": (ack: Ack<Stats>) => void;
}

export interface ServerToClientEvents {
  welcome: (payload: { id: string }) => void;
  "room:joined": (payload: { room: string; user: string }) => void;
  "room:left": (payload: { room: string; user: string }) => void;
  "message:new": (payload: Message) => void;
  "dm:new": (payload: { from: string; text: string }) => void;
  typing: (payload: { room: string; user: string }) => void;
}

interface SocketData {
  user: string;
}

export interface Message {
  id: string;
  room: string;
  user: string;
  text: string;
  at: string;
}

export type Ack<Success extends Done> = (answer: Success | Refused) => void;

export interface Done {
  ok: true;
}
export interface Refused {
  ok: false;
  error: { code: ErrorCode; message: string };
}
export type ErrorCode = "BAD_REQUEST" | "NOT_IN_ROOM" | "INTERNAL";

export interface Joined extends Done {
  room: string;
  members: number;
}
export interface Left extends Done {
  room: string;
}
export interface Sent extends Done {
  id: string;
}
export interface Stats extends Done {
  online: number;
}
