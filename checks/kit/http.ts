import { type IncomingHttpHeaders, request as requestPlainly } from "node:http";
// Loaded only where it is needed: most lessons speak plain http.
import type { request as requestSecurely } from "node:https";
import { RequestNeverAnswered } from "./faults.ts";
import { PATIENCE, patiently } from "./patience.ts";
import type { ServerProcess } from "./server-process.ts";
import { cut } from "./show.ts";
import type { Timeline } from "./timeline.ts";
import { Unmet } from "./unmet.ts";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** The body as text, at most 1 MiB of it. */
  body: string;
  /** The body as JSON, or `undefined` if it is none. */
  json: unknown;
}

export interface RequestOptions {
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string;
  /** Set for long polls, which are answered when there is something to say. */
  quiet?: boolean;
  /** How long the answer may take, in milliseconds; see patience.ts. */
  patience?: number;
}

interface RequestDetails {
  method: string;
  headers: Record<string, string>;
  /** An agent would keep the connection for the next request. */
  agent: false;
  signal: AbortSignal;
}

const MOST_BODY = 1_048_576;

/**
 * Makes an HTTP request to the server on a connection of its own.
 *
 * @param path with its query, such as `/health`
 * @throws {RequestNeverAnswered} when the server lives but does not answer
 * @throws {Unmet} when the connection breaks
 */
export async function ask(
  server: ServerProcess,
  timeline: Timeline,
  path: string,
  {
    method = "GET",
    headers = {},
    body,
    quiet = false,
    patience = PATIENCE,
  }: RequestOptions = {},
): Promise<Answer> {
  const name = `${method} ${path}`;
  if (!quiet)
    timeline.add({ lane: "http", kind: "request", text: `asked for ${name}` });
  const enough = new AbortController();
  try {
    const answer = await patiently(
      server,
      send(
        new URL(path, server.url),
        { method, headers, agent: false, signal: enough.signal },
        body,
        server.ca,
      ),
      () => {
        throw new RequestNeverAnswered(name, { output: server.output.last() });
      },
      patience,
    );
    if (!quiet)
      timeline.add({
        lane: "http",
        kind: "response",
        text: `${name} answered ${answer.status} ${cut(answer.body, 80)}`.trimEnd(),
        data: answer.body,
      });
    return answer;
  } finally {
    enough.abort();
  }
}

async function send(
  url: URL,
  options: RequestDetails,
  body: string | undefined,
  ca: string | undefined,
): Promise<Answer> {
  const request: typeof requestSecurely =
    ca === undefined ? requestPlainly : (await import("node:https")).request;
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }) => {
      if (options.signal.aborted) return;
      reject(
        new Unmet(
          `${options.method} ${url.pathname} is answered`,
          `the connection broke (${error.code ?? error.message})`,
        ),
      );
    };
    const outgoing = request(url, { ...options, ca }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => {
        if (text.length < MOST_BODY) text += chunk;
      });
      incoming.on("error", fail);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: text,
          json: parse(text),
        }),
      );
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer in a few words, such as `404 "Cannot GET /health"`. */
export function showAnswer({ status, headers, body }: Answer): string {
  const isHtml = /html/.test(headers["content-type"] ?? "");
  // Of an error page only its words matter; its style and its head do not.
  const text = isHtml
    ? body.replaceAll(/<(head|style|script)\b.*?<\/\1>|<[^>]*>/gs, " ")
    : body;
  const words = cut(text.replaceAll(/\s+/g, " ").trim(), 70);
  return words === ""
    ? `${status} and nothing else`
    : `${status} ${isHtml ? `(a page: “${words}”)` : words}`;
}
