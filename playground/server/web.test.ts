import { type IncomingHttpHeaders, request } from "node:http";
import { io as connect } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../checks/kit/ports.ts";
import { Guard } from "./guard.ts";
import { type Web, createWeb } from "./web.ts";

let port: number;
let guard: Guard;
let web: Web;

beforeAll(async () => {
  port = await freePort();
  guard = new Guard(port);
  const html = { type: "text/html", content: Buffer.from("<p>the page</p>") };
  const script = { type: "text/javascript", content: Buffer.from("1") };
  const page = new Map([
    ["/", html],
    ["/assets/page-1.js", script],
  ]);
  web = createWeb(guard, port, () => Promise.resolve(page));
  await new Promise<void>((resolve) =>
    web.http.listen(port, "127.0.0.1", resolve),
  );
});
afterAll(() => web.io.close());

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Asks as a program can: with any header. An upgrade that succeeds answers 101. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, path, headers, method, agent: false },
      (incoming) => {
        let body = "";
        incoming.setEncoding("utf8");
        incoming.on("data", (chunk: string) => (body += chunk));
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body,
          }),
        );
      },
    );
    outgoing.on("upgrade", ({ headers: answered }, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: answered, body: "" });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

const polling = "/socket.io/?EIO=4&transport=polling";
const websocket = "/socket.io/?EIO=4&transport=websocket";
const upgrade = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Every way in, by which a foreign page could try. */
const ways: [string, (headers: Record<string, string>) => Promise<Answer>][] = [
  ["the page", (headers) => ask("/", headers)],
  ["a script of it", (headers) => ask("/assets/page-1.js", headers)],
  ["Socket.IO by polling", (headers) => ask(polling, headers)],
  ["sending by polling", (headers) => ask(polling, headers, "POST")],
  [
    "Socket.IO by websocket",
    (headers) => ask(websocket, { ...upgrade, ...headers }),
  ],
];

describe.each(ways)("%s", (_way, goes) => {
  test.each([
    ["a foreign page", { Origin: "http://evil.example" }],
    ["the learner's own page", { Origin: "http://127.0.0.1:3000" }],
    ["a page without an origin", { Origin: "null" }],
    ["a foreign name for this machine", { Host: "evil.example" }],
    ["a foreign page's tag", { "Sec-Fetch-Site": "cross-site" }],
  ])("gives %s nothing", async (_who, headers) => {
    const { status, body, headers: answered } = await goes(headers);
    expect([400, 403]).toContain(status);
    expect(body).not.toMatch(/the page|sid/);
    expect(answered["access-control-allow-origin"]).toBeUndefined();
  });
});

test("its own page gets the page, and a connection on both transports", async () => {
  const origin = { Origin: `http://127.0.0.1:${port}` };
  expect((await ask("/", origin)).body).toContain("the page");
  expect((await ask(polling, origin)).body).toContain("sid");
  expect((await ask(websocket, { ...upgrade, ...origin })).status).toBe(101);
  expect((await ask("/assets/page-1.js")).headers["cache-control"]).toContain(
    "immutable",
  );
});

test("nothing but the page's files can be asked for", async () => {
  for (const path of [
    "/package.json",
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/../../package.json",
    "/socket.io/socket.io.js",
  ])
    expect((await ask(path)).status, path).toBeGreaterThanOrEqual(400);
});

test("the page may not be framed, nor load anything from elsewhere", async () => {
  const { headers } = await ask("/");
  const policy = String(headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
});

describe.each(["polling", "websocket"] as const)("by %s", (transport) => {
  /** The words of the refusal, or `null` for who is let in. */
  function knock(auth: Record<string, unknown>): Promise<string | null> {
    const socket = connect(`http://127.0.0.1:${port}`, {
      transports: [transport],
      auth,
      forceNew: true,
      reconnection: false,
    });
    return new Promise<string | null>((resolve) => {
      socket.once("connect", () => resolve(null));
      socket.once("connect_error", ({ message }) => resolve(message));
    }).finally(() => socket.disconnect());
  }

  test.each([
    ["no token", {}],
    ["another token", { token: "secret" }],
    ["something else than a text", { token: { $ne: "" } }],
  ])("somebody with %s is refused", async (_what, auth) => {
    expect(await knock(auth)).toBe("unauthorized");
  });

  test("somebody with the token is let in", async () => {
    expect(await knock({ token: guard.token })).toBeNull();
  });
});
