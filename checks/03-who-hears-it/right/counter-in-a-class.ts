// A class with a counter that is kept correctly, one listener for several events, and events of its own.
import express from "express";
import { Server, type Socket } from "socket.io";

interface Fields {
  [name: string]: unknown;
}

class Presence {
  #count = 0;
  readonly #io: Server;

  constructor(io: Server) {
    this.#io = io;
    io.on("connection", (socket) => this.#enter(socket));
  }

  get online(): number {
    return this.#count;
  }

  #enter(socket: Socket): void {
    this.#count += 1;
    let isGone = false;
    const leave = () => {
      // Both events call this, and only the first of them counts.
      if (isGone) return;
      isGone = true;
      this.#count -= 1;
      this.#news("user:left", socket);
    };
    socket.on("disconnecting", leave);
    socket.on("disconnect", leave);
    socket.onAny((event: string, payload: unknown) =>
      this.#hear(socket, event, Object(payload)),
    );
    this.#news("user:joined", socket);
    socket.emit("welcome", { id: socket.id });
    socket.emit("user:list", [...this.#io.sockets.sockets.keys()]);
  }

  #news(event: string, { id }: Socket): void {
    this.#io.except(id).emit(event, { id, online: this.#count });
  }

  #hear(socket: Socket, event: string, fields: Fields): void {
    const { to, text, home, away } = fields;
    if (event === "chat:say") {
      socket.broadcast.emit("chat:said", { from: socket.id, text });
      socket.emit("chat:said", { from: socket.id, text, own: true });
    } else if (event === "notify") {
      const found = [...this.#io.of("/").sockets.values()].find(
        (other) => other.id === to,
      );
      if (found) found.emit("notification", { from: socket.id, text });
      else socket.emit("problem", { message: "nobody has that id" });
    } else if (event === "score:set") {
      this.#io.except(socket.id).emit("score:updated", { home, away });
    }
  }
}

const app = express();
const io = new Server();
const presence = new Presence(io);
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.get("/stats", (_request, response) => {
  response.send({ online: presence.online });
});
io.listen(app.listen(Number(process.env.PORT ?? 3000)));
