export type ClientToServerEvents = Record<string, (...args: any[]) => void>;
export type ServerToClientEvents = Record<string, (payload: any) => void>;

export interface SocketData {
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
