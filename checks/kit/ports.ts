import { createServer } from "node:net";
import { CouldNotTell } from "./could-not-tell.ts";

/**
 * A port on 127.0.0.1 that nothing listened on a moment ago.
 *
 * `PORT=0` would be surer, but `Number(process.env.PORT) || 3000` turns 0 into 3000. Another program
 * may take the port in between: whoever starts a server tries again with another one.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) =>
      reject(
        new CouldNotTell(`no free port could be found (${error.message})`),
      ),
    );
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Whether nothing listens on that port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
