// Type aliases instead of interfaces, and the answers described once for all calls.

type Answer<Fields = unknown> = (
  answer:
    | ({ ok: true } & Fields)
    | { ok: false; error: { code: string; message: string } },
) => void;

type Call<Payload, Fields = unknown> = (
  payload: Readonly<Payload>,
  answer?: Answer<Fields>,
) => void;

type InRoom = { room: string };
type Somebody = InRoom & { user: string };

export type Message = Somebody & { id: string; text: string; at: string };

export type ClientToServerEvents = {
  "room:join": Call<InRoom, InRoom & { members: number }>;
  "room:leave": Call<InRoom, InRoom>;
  "message:send": Call<InRoom & { text: string }, { id: string }>;
  "dm:send": Call<{ to: string; text: string }>;
  "typing:start": Call<InRoom>;
};

export type AdminEvents = {
  "stats:get": (answer?: Answer<{ online: number }>) => void;
};

export type ServerToClientEvents = {
  [news in "room:joined" | "room:left" | "typing"]: (
    somebody: Somebody,
  ) => void;
} & {
  welcome: (you: { id: string; tab?: number }) => void;
  motd: (text: { text: string }) => void;
  "message:new": (message: Message) => void;
  "dm:new": (letter: { from: string; text: string }) => void;
};

export type SocketData = { user: string; since: number };
