import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/**
 * Who may talk to the playground: it starts programs and writes files, so nobody but its own page.
 *
 * - `Host` must be its own address. A foreign name that was made to point at 127.0.0.1 (DNS
 *   rebinding) still stands in that header.
 * - `Origin`, where there is one, must be its own page's. A page cannot change that header.
 * - `Sec-Fetch-Site` must not say that another page asks. Browsers send it with requests that have no
 *   `Origin`, such as those for a script or a picture.
 * - Whatever changes something needs the token of this start besides: programs can send any header.
 */
export class Guard {
  readonly token = randomBytes(24).toString("base64url");
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  /** @param port on which the playground listens */
  constructor(port: number) {
    const hosts = ["127.0.0.1", "localhost"].map((name) => `${name}:${port}`);
    this.#hosts = new Set(hosts);
    this.#origins = new Set(hosts.map((host) => `http://${host}`));
  }

  /** Whether a request may be answered at all. */
  admits(headers: IncomingHttpHeaders): boolean {
    const { host, origin } = headers;
    return (
      host !== undefined &&
      this.#hosts.has(host) &&
      (origin === undefined || this.#origins.has(origin)) &&
      (comesFromItself(headers) || isFollowedLink(headers))
    );
  }

  /** Compared in a time that says nothing about how much of it is right. */
  knows(token: unknown): boolean {
    if (typeof token !== "string") return false;
    const [given, own] = [Buffer.from(token), Buffer.from(this.token)];
    return given.length === own.length && timingSafeEqual(given, own);
  }
}

/** https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site */
function comesFromItself(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

/** Somebody follows a link to the page: it opens in a window of its own and tells the link's page nothing. */
function isFollowedLink(headers: IncomingHttpHeaders): boolean {
  return (
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document"
  );
}
