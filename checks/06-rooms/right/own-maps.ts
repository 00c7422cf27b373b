// Socket.IO's rooms are not used at all: a class keeps its own table of members and speaks to each
// of them. An answer has more fields than it needs, and there are more events than in the contract.
import { createServer } from "node:http";
import { type Socket, Server } from "socket.io";

type Code = "BAD_REQUEST" | "NOT_IN_ROOM" | "INTERNAL";
type Answer =
  { ok: true } | { ok: false; error: { code: Code; message: string } };

class Room {
  readonly name: string;
  readonly members = new Map<string, Member>();

  constructor(name: string) {
    this.name = name;
  }

  tell(event: string, payload: object, except?: Member): void {
    for (const member of this.members.values())
      if (member !== except)
        member.socket.emit(event, { ...payload, room: this.name });
  }
}

class Member {
  readonly socket: Socket;
  readonly user: string;
  readonly rooms = new Set<Room>();

  constructor(socket: Socket) {
    this.socket = socket;
    this.user = "guest-" + socket.id.slice(0, 4);
  }
}

class Chat {
  static readonly #refusals: Record<Code, string> = {
    BAD_REQUEST: "That call has not the form it should have.",
    NOT_IN_ROOM: "You are not in that room.",
    INTERNAL: "Something broke on our side.",
  };
  readonly #members = new Map<string, Member>();
  readonly #rooms = new Map<string, Room>();
  #lastId = 0;

  get stats() {
    return {
      online: this.#members.size,
      rooms: this.#rooms.size,
      names: [...this.#rooms.keys()],
    };
  }

  enter(socket: Socket): void {
    const me = new Member(socket);
    this.#members.set(socket.id, me);
    const takes = (event: string, work: (fields: Fields) => Answer) =>
      socket.on(event, (...args: unknown[]) => {
        const ack = args.findLast((_, index) => index === args.length - 1);
        const answer = work(new Fields(args[0]));
        if (typeof ack === "function") ack(answer);
      });
    takes("room:join", (fields) => this.#join(me, fields));
    takes("room:leave", (fields) => this.#leave(me, fields));
    takes("message:send", (fields) => this.#message(me, fields));
    takes("dm:send", (fields) => this.#direct(me, fields));
    takes("room:list", () => ({ ok: true, ...this.stats }));
    socket.on("disconnect", () => {
      this.#members.delete(socket.id);
      for (const room of me.rooms) this.#remove(me, room);
    });
    socket.emit("welcome", { id: socket.id });
  }

  #refuse(code: Code): Answer {
    const message = Chat.#refusals[code];
    return { ok: false, error: { code, message } };
  }

  #join(me: Member, { room: name }: Fields): Answer {
    if (name === undefined) return this.#refuse("BAD_REQUEST");
    const room = this.#rooms.get(name) ?? new Room(name);
    if (!me.rooms.has(room)) {
      if (me.rooms.size === 10) return this.#refuse("BAD_REQUEST");
      this.#rooms.set(name, room);
      room.tell("room:joined", { user: me.user, id: me.socket.id });
      room.members.set(me.socket.id, me);
      me.rooms.add(room);
    }
    const members = room.members.size;
    return Object.assign({ ok: true as const }, { room: name, members });
  }

  #leave(me: Member, { room: name }: Fields): Answer {
    if (name === undefined) return this.#refuse("BAD_REQUEST");
    const room = this.#rooms.get(name);
    if (!room || !me.rooms.has(room)) return this.#refuse("NOT_IN_ROOM");
    this.#remove(me, room);
    return Object.assign({ ok: true as const }, { room: name });
  }

  #remove(me: Member, room: Room): void {
    me.rooms.delete(room);
    room.members.delete(me.socket.id);
    if (room.members.size === 0) this.#rooms.delete(room.name);
    room.tell("room:left", { user: me.user });
  }

  #message(me: Member, { room: name, text }: Fields): Answer {
    if (name === undefined || text === undefined)
      return this.#refuse("BAD_REQUEST");
    const room = this.#rooms.get(name);
    if (!room || !me.rooms.has(room)) return this.#refuse("NOT_IN_ROOM");
    const id = `message ${++this.#lastId}`;
    const at = new Date().toISOString();
    room.tell("message:new", { id, user: me.user, text, at });
    return Object.assign({ ok: true as const }, { id, at });
  }

  #direct(me: Member, { to, text }: Fields): Answer {
    const receiver = this.#members.get(to ?? "");
    if (!receiver || text === undefined) return this.#refuse("BAD_REQUEST");
    const { id: from } = me.socket;
    receiver.socket.emit("dm:new", { from, text, user: me.user });
    return { ok: true };
  }
}

/** The fields of a payload that are what they should be. */
class Fields {
  readonly room: string | undefined;
  readonly text: string | undefined;
  readonly to: string | undefined;

  constructor(payload: unknown) {
    const field = (name: string): string | undefined => {
      const value: unknown = Object.getOwnPropertyDescriptor(
        Object(payload),
        name,
      )?.value;
      return typeof value === "string" ? value : undefined;
    };
    this.to = field("to");
    const text = field("text")?.trim() ?? "";
    if (text !== "" && text.length <= 500) this.text = text;
    const [name] = field("room")?.match(/[\w-]+/) ?? [];
    if (name?.length === field("room")?.length && name && name.length <= 32)
      this.room = name;
  }
}

const chat = new Chat();
const server = createServer((request, response) => {
  const pages: Record<string, object> = {
    "/health": { ok: true },
    "/stats": chat.stats,
  };
  const page = pages[request.url ?? ""];
  response.writeHead(page ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(page ?? { ok: false }));
});
new Server(server).on("connection", (socket) => chat.enter(socket));
server.listen(Number(process.env.PORT), "127.0.0.1");
