import { type IncomingMessage, get as getPlain } from "node:http";
import { get as getSecure } from "node:https";
import type { CutText } from "../protocol.ts";
import { NotPossible, cutText } from "./texts.ts";
import type { Wire } from "./wire.ts";

/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 5_000;

/** Characters of an answer that are read; of an endless one the rest never is. */
const MOST_BODY = 20_000;

/** Where a server is, and how it is trusted. */
export interface Address {
  url: string;
  /** The certificate authority that signed for it, where it speaks TLS. */
  ca: string | undefined;
}

export interface Response {
  status: number;
  body: CutText;
}

/**
 * Asks the learner's server for a page, as a browser would.
 *
 * @throws {NotPossible} when nothing answers
 */
export async function ask(
  address: Address,
  path: string,
  wire: Wire,
): Promise<Response> {
  if (!path.startsWith("/"))
    throw new NotPossible("A path begins with a slash, such as /health.");
  const asked = wire.add("http", () => ({
    kind: "request",
    from: "http",
    to: "server",
    text: `GET ${path}`,
  }));
  const began = performance.now();
  const { status, text } = await send(address, path);
  const body = cutText(text);
  wire.add("http", () => ({
    kind: "response",
    from: "server",
    to: "http",
    text: `${status} ${text.replaceAll(/\s+/g, " ").slice(0, 60)}`.trimEnd(),
    payload: body,
    ms: Math.round(performance.now() - began),
    ...(asked && { answers: asked.seq }),
  }));
  return { status, body };
}

function send(
  { url, ca }: Address,
  path: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const fail = ({ message }: Error) =>
      reject(new NotPossible(`GET ${path} was not answered: ${message}.`));
    const options = {
      agent: false,
      signal: AbortSignal.timeout(PATIENCE),
      ...(ca === undefined ? {} : { ca }),
    };
    const read = (incoming: IncomingMessage) => {
      let text = "";
      const finish = () => resolve({ status: incoming.statusCode ?? 0, text });
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => {
        text += chunk;
        if (text.length < MOST_BODY) return;
        finish();
        incoming.destroy();
      });
      incoming.on("end", finish);
      incoming.on("error", fail);
    };
    // Joined, not resolved: `//elsewhere/` would be another machine's.
    const target = new URL(url + path);
    const get = target.protocol === "https:" ? getSecure : getPlain;
    get(target, options, read).on("error", fail);
  });
}
