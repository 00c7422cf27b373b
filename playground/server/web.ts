import { type Server as HttpServer, createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";
import type {
  ClientToServerEvents,
  ServerToClientEvents,
} from "../protocol.ts";
import type { Guard } from "./guard.ts";
import type { PageFile } from "./page-files.ts";

export type PageServer = Server<ClientToServerEvents, ServerToClientEvents>;

/** Nobody waits longer for a page that was closed for a moment, in milliseconds. */
const RECOVERY = 30_000;

/** Who has a connection but no token has it no longer than this, in milliseconds. */
const WITHOUT_TOKEN = 5_000;

/** What the page sends is what a person typed, in bytes. */
const MOST_SENT = 200_000;

export interface Web {
  http: HttpServer;
  io: PageServer;
}

/**
 * The page and its connection, on one HTTP server. Whoever the guard does not admit gets nothing, by
 * HTTP as on every transport of Socket.IO.
 *
 * @param page gives the page's files; whoever asks before they are there waits
 */
export function createWeb(
  guard: Guard,
  port: number,
  page: () => Promise<Map<string, PageFile>>,
): Web {
  const app = express();
  app.disable("x-powered-by");
  app.use((request, response, next) => {
    response.set(headers(port));
    if (guard.admits(request.headers)) next();
    else response.status(403).type("text").send("Forbidden.\n");
  });
  app.get("/{*path}", async (request, response) => {
    const file = (await page()).get(request.path);
    if (file === undefined) {
      response.status(404).type("text").send("There is no such page.\n");
      return;
    }
    // Files with a hash in their name never change; the page itself may.
    response.set(
      "Cache-Control",
      request.path.startsWith("/assets/")
        ? "private, max-age=31536000, immutable"
        : "no-store",
    );
    response.type(file.type).send(file.content);
  });
  app.use(
    (
      error: unknown,
      _request: express.Request,
      response: express.Response,
      _next: express.NextFunction,
    ) => {
      const { message } = error as Error;
      response
        .status(500)
        .type("text")
        .send(`The page cannot be shown: ${message}\n`);
    },
  );

  const http = createServer(app);
  const io: PageServer = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: MOST_SENT,
    connectTimeout: WITHOUT_TOKEN,
    connectionStateRecovery: { maxDisconnectionDuration: RECOVERY },
    allowRequest: (request, decide) =>
      decide(null, guard.admits(request.headers)),
  });
  io.use((socket, next) => {
    const { token } = socket.handshake.auth;
    next(guard.knows(token) ? undefined : new Error("unauthorized"));
  });
  return { http, io };
}

/** https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP */
function headers(port: number): Record<string, string> {
  const own = ["127.0.0.1", "localhost"];
  const policy = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    // Not every browser counts ws: as 'self'.
    "connect-src": ["'self'", ...own.map((name) => `ws://${name}:${port}`)],
    // The page of the learner's server, which has a port of its own.
    "frame-src": own.flatMap((name) => [
      `http://${name}:*`,
      `https://${name}:*`,
    ]),
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  };
  return {
    "Content-Security-Policy": Object.entries(policy)
      .map(([name, values]) => `${name} ${values.join(" ")}`)
      .join("; "),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}
