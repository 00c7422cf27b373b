// A class, a page of its own, and every address of the machine.
import { createServer, type Server as HttpServer } from "node:http";
import express, { type Request, type Response } from "express";
import { Server, type Socket } from "socket.io";

class Workshop {
  readonly #http: HttpServer;
  readonly #io: Server;

  constructor() {
    const app = express();
    app
      .get(
        "/health",
        (_request: Request, response: Response) =>
          void response.json({ ok: true }),
      )
      .get("/", (_request: Request, response: Response) => {
        response.set("Content-Type", "text/html; charset=utf-8");
        response.send(
          '<!doctype html><title>Mine</title><script src="/socket.io/socket.io.min.js"></script>',
        );
      });
    this.#http = createServer(app);
    this.#io = new Server({ cors: { origin: false }, pingInterval: 5_000 });
    this.#io.attach(this.#http);
    this.#io.of("/").on("connection", (socket) => this.#welcome(socket));
  }

  async #welcome(socket: Socket): Promise<void> {
    await Promise.resolve();
    socket.emit("welcome", { id: socket.id });
  }

  listen(port: number): void {
    this.#http.listen(port);
  }
}

new Workshop().listen(Number(process.env.PORT) || 3000);
