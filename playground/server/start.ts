import type { Server as HttpServer } from "node:http";
import type { Lessons } from "../../checks/commands/lessons.ts";
import { Guard } from "./guard.ts";
import { converse } from "./conversation.ts";
import { builtPage } from "./page-build.ts";
import { type PageFile, readPage } from "./page-files.ts";
import { Playground, type PlaygroundOptions } from "./playground.ts";
import { type PageServer, type Web, createWeb } from "./web.ts";

/** Where the playground is, unless somebody else is there; then at one of those after it. */
const PORT = 4_100;
const PORTS = 20;

export interface StartOptions {
  lessons: Lessons;
  /** The first port that is tried. */
  port?: number;
  /** Gives the page's files; the built ones unless given. */
  page?: () => Promise<Map<string, PageFile>>;
  onChoice?: PlaygroundOptions["onChoice"];
}

/** A playground that runs. */
export interface RunningPlayground {
  port: number;
  /** For the browser: with the token of this start. */
  url: string;
  token: string;
  playground: Playground;
  /** Gets the page ready, which otherwise its first visitor waits for. */
  page: () => Promise<unknown>;
  /** Ends it, and every process that it started. */
  end(): Promise<void>;
}

/**
 * Starts the playground, without a lesson: `playground.open` opens one.
 *
 * @throws {Error} when it can listen nowhere
 */
export async function startPlayground({
  lessons,
  port: first = PORT,
  page = once(() => builtPage().then(readPage)),
  onChoice,
}: StartOptions): Promise<RunningPlayground> {
  const { port, guard, http, io } = await listenFrom(first, page);
  const playground = new Playground({
    lessons,
    audience: {
      changed: (changed) => io.emit("changed", changed),
      wire: (added) => io.emit("wire", added),
    },
    onChoice,
  });
  io.on("connection", (socket) => {
    converse(socket, playground);
    // One that was recovered has been given what it missed.
    if (!socket.recovered)
      void playground
        .opened()
        .then(() => socket.emit("state", playground.state));
  });
  return {
    port,
    // What stands after # stays in the browser: it is in no request, and in no log.
    url: `http://127.0.0.1:${port}/#token=${guard.token}`,
    token: guard.token,
    playground,
    page,
    end: async () => {
      await Promise.all([playground.end(), closeWeb(http, io)]);
    },
  };
}

/** Gives the same promise each time, unless it has failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
}

interface Listening extends Web {
  port: number;
  guard: Guard;
}

/** Listens on the first port that is free. */
async function listenFrom(
  first: number,
  page: () => Promise<Map<string, PageFile>>,
): Promise<Listening> {
  for (let port = first; port < first + PORTS; port++) {
    const guard = new Guard(port);
    const web = createWeb(guard, port, page);
    if (await listens(web.http, port)) return { ...web, port, guard };
    void web.io.close();
  }
  throw new Error(`the ports ${first} to ${first + PORTS - 1} are all in use`);
}

function listens(http: HttpServer, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    http.once("error", (error: NodeJS.ErrnoException) => {
      if (["EADDRINUSE", "EACCES"].includes(error.code ?? "")) resolve(false);
      else reject(error);
    });
    http.listen(port, "127.0.0.1", () => resolve(true));
  });
}

async function closeWeb(http: HttpServer, io: PageServer): Promise<void> {
  await io.close();
  http.closeAllConnections();
}
