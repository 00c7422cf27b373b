import {
  createServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import type { Document } from "../bson/values.ts";
import type { Connection, Engine } from "../engine.ts";
import { CommandError } from "../errors.ts";
import {
  encodeAnswer,
  FrameReader,
  parseRequest,
  type Request,
} from "./messages.ts";

export interface Listener {
  port: number;
  /** Cuts all connections and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves an engine on a TCP port.
 *
 * @param port 0 lets the operating system choose
 * @throws what `listen` gives, such as EADDRINUSE
 */
export async function listen(
  engine: Engine,
  host: string,
  port: number,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  let nextId = 1;
  const server = createServer((socket) => {
    sockets.add(socket);
    engine.connections = sockets.size;
    socket.once("close", () => {
      sockets.delete(socket);
      engine.connections = sockets.size;
    });
    serve(socket, engine, nextId++);
  });
  await started(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Answers the commands of one connection, one after the other, as mongod does. */
function serve(socket: Socket, engine: Engine, id: number): void {
  const gone = new AbortController();
  const connection: Connection = {
    id,
    remote: `${socket.remoteAddress}:${socket.remotePort}`,
    gone: gone.signal,
  };
  const reader = new FrameReader();
  let last = Promise.resolve();
  let waiting = 0;
  socket.setNoDelay(true);
  // Whoever goes away in the middle of a message is no concern of the others.
  socket.on("error", () => socket.destroy());
  socket.once("close", () => gone.abort());
  socket.on("data", (chunk) => {
    try {
      for (const frame of reader.push(chunk)) {
        const request = parseRequest(frame);
        waiting++;
        last = last.then(() => answer(request)).finally(release);
      }
    } catch {
      // What cannot be read has no id to answer to.
      socket.destroy();
    }
    // A client that sends faster than it is answered is held back by TCP.
    if (waiting > 100) socket.pause();
  });

  function release() {
    waiting--;
    if (waiting < 50 && socket.isPaused()) socket.resume();
  }

  async function answer(request: Request): Promise<void> {
    if (socket.destroyed) return;
    const reply = await engine.run(request.command, connection);
    if (reply === "close the connection") socket.destroy();
    else if (!request.unacknowledged) send(request, reply);
  }

  function send(request: Request, reply: Document) {
    try {
      socket.write(encodeAnswer(request, engine.nextReplyId(), reply));
    } catch (error) {
      const tooLarge = new CommandError(
        "BSONObjectTooLarge",
        `the reply cannot be written as BSON: ${(error as Error).message}`,
      );
      socket.write(
        encodeAnswer(
          request,
          engine.nextReplyId(),
          engine.errorReply(tooLarge),
        ),
      );
    }
  }
}
