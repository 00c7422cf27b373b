export type {
  FromClients as ClientToServerEvents,
  FromServer as ServerToClientEvents,
  Message,
  Person,
} from "./events.ts";

export interface SocketData {
  user: string;
  lastTyping: number;
}

export const MAX_TEXT = 500;
