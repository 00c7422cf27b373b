export interface Person {
  readonly room: string;
  readonly user: string;
}

export interface Message extends Person {
  readonly id: string;
  readonly text: string;
  readonly at: string;
}

export type Reply = (answer: object) => void;

export interface FromClients {
  "room:join"(payload: { room: string }, reply?: Reply): void;
  "room:leave"(payload: { room: string }, reply?: Reply): void;
  "message:send"(payload: { room: string; text: string }, reply?: Reply): void;
  "dm:send"(payload: { to: string; text: string }, reply?: Reply): void;
  "typing:start"(payload: { room: string }, reply?: Reply): void;
  "stats:get"(reply?: Reply): void;
}

export interface FromServer {
  welcome(payload: { id: string }): void;
  "room:joined"(person: Person): void;
  "room:left"(person: Person): void;
  "message:new"(message: Message): void;
  "dm:new"(payload: { from: string; text: string }): void;
  typing(person: Person): void;
}
