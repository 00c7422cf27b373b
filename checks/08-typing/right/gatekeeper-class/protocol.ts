/** One list of calls, from which the types of the events follow. */
interface Calls {
  "room:join": { room: string };
  "room:leave": { room: string };
  "message:send": { room: string; text: string };
  "dm:send": { to: string; text: string };
  "typing:start": { room: string };
}

interface News {
  welcome: { id: string; name?: string };
  "room:joined": InRoom;
  "room:left": InRoom;
  "message:new": InRoom & { id: string; text: string; at: string };
  "dm:new": { from: string; text: string };
  typing: InRoom;
}

interface InRoom {
  room: string;
  user: string;
  /** Of the socket, where it matters. */
  id?: string;
}

type Ack = (answer: { ok: boolean; [field: string]: unknown }) => void;

export type ClientToServerEvents = {
  [Name in keyof Calls]: (payload: Calls[Name], ack: Ack) => void;
} & { "stats:get": (ack: Ack) => void };

export type ServerToClientEvents = {
  [Name in keyof News]: (payload: News[Name]) => void;
};

export class SocketData {
  user!: string;
}
