import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSecureServer, request } from "node:https";
import { type AddressInfo, type Server, connect } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { type CertificateKind, certificates } from "./authority.ts";
import { type TlsFront, openTlsFront } from "./tls-front.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

/** A plain server that answers with the path that it was asked for. */
const plainServer = () =>
  listening(createServer((asked, answer) => answer.end(asked.url)));

async function front(
  kind: CertificateKind = "right",
  options: { port?: number; ca?: string; clientCa?: string } = {},
): Promise<TlsFront> {
  const { port = await plainServer(), ca, clientCa } = options;
  const opened = await openTlsFront(
    { port, ...(ca ? { ca } : {}) },
    { identity: await certificates.of(kind), clientCa },
  );
  ends.push(() => opened.close());
  return opened;
}

/** What a client that trusts the checks' authority gets: the answer's text, or an error's code. */
async function ask(
  { port }: TlsFront,
  options: ConnectionOptions = {},
): Promise<string> {
  const { certificate: ca } = await certificates.authority();
  return new Promise((resolve) => {
    const asking = request(
      {
        host: "localhost",
        port,
        path: "/tea",
        agent: false,
        ca,
        ...options,
      },
      async (answer) => resolve(String(Buffer.concat(await answer.toArray()))),
    );
    asking.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code ?? error.message),
    );
    asking.end();
  });
}

/** Waits until every attempt is over, so that nothing more is written down. */
async function allOver({ attempts }: TlsFront): Promise<void> {
  await expect.poll(() => attempts.some(({ isOpen }) => isOpen)).toBe(false);
}

describe("a front", () => {
  test("passes on what was said, and writes down who came", async () => {
    const opened = await front();
    expect(await ask(opened)).toBe("/tea");
    await allOver(opened);
    expect(opened.attempts).toEqual([
      {
        serverName: "localhost",
        isSecure: true,
        code: null,
        clientName: null,
        bytes: expect.any(Number),
        isOpen: false,
      },
    ]);
    expect(opened.attempts[0]?.bytes).toBeGreaterThan(20);
  });

  test.each([
    ["expired", "CERT_HAS_EXPIRED"],
    ["untrusted", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const)("%s: a client that refuses says nothing", async (kind, code) => {
    const opened = await front(kind);
    expect(await ask(opened)).toBe(code);
    await allOver(opened);
    expect(opened.attempts).toMatchObject([{ bytes: 0 }]);
  });

  test("of a client that does not look, it tells that something was said", async () => {
    const opened = await front("expired");
    expect(await ask(opened, { rejectUnauthorized: false })).toBe("/tea");
    expect(opened.attempts[0]?.bytes).toBeGreaterThan(20);
  });

  test("shows another certificate from one connection to the next", async () => {
    const opened = await front("expired");
    expect(await ask(opened)).toBe("CERT_HAS_EXPIRED");
    opened.present(await certificates.of("right"));
    expect(await ask(opened)).toBe("/tea");
  });

  test("stands before a server that speaks TLS itself", async () => {
    const { certificate: ca } = await certificates.authority();
    const { certificate: cert, key } = await certificates.of("right");
    const port = await listening(
      createSecureServer({ cert, key }, (asked, answer) =>
        answer.end(`secure ${asked.url}`),
      ),
    );
    expect(await ask(await front("right", { port, ca }))).toBe("secure /tea");
  });

  test("ends the connection when nothing listens behind it", async () => {
    const unused = createServer();
    const port = await listening(unused);
    unused.close();
    expect(await ask(await front("right", { port }))).toBe("ECONNRESET");
  });
});

describe("a client without TLS", () => {
  test.each([
    ["HTTP", "GET / HTTP/1.1\r\n\r\n", "ERR_SSL_HTTP_REQUEST"],
    ["something else", "\x3f\0\0\0plain", "ERR_SSL_WRONG_VERSION_NUMBER"],
  ])("that speaks %s is named", async (_what, said, code) => {
    const opened = await front();
    const line = connect(opened.port, "127.0.0.1");
    line.on("error", () => {});
    line.write(said);
    await once(line, "close");
    expect(opened.attempts).toMatchObject([
      { isSecure: false, code, bytes: 0 },
    ]);
  });

  test("that says nothing is an attempt too, and can be cut", async () => {
    const opened = await front();
    const line = connect(opened.port, "127.0.0.1");
    line.on("error", () => {});
    await expect.poll(() => opened.attempts.length).toBe(1);
    expect(opened.attempts[0]).toMatchObject({ isOpen: true, isSecure: false });
    opened.cutOnce();
    await once(line, "close");
    await allOver(opened);
  });
});

describe("a front that asks for a certificate", () => {
  const asking = async () => {
    const { certificate: clientCa } = await certificates.authority();
    return front("right", { clientCa });
  };

  test("knows the client by its name", async () => {
    const { certificate: cert, key } = await certificates.of("client");
    const opened = await asking();
    expect(await ask(opened, { cert, key })).toBe("/tea");
    expect(opened.attempts).toMatchObject([{ clientName: "workshop-client" }]);
  });

  test("lets in nobody without one", async () => {
    const opened = await asking();
    expect(await ask(opened)).toBe("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED");
    await allOver(opened);
    expect(opened.attempts).toMatchObject([
      {
        isSecure: false,
        code: "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE",
        bytes: 0,
      },
    ]);
  });

  test("lets in nobody whose authority it does not trust", async () => {
    const { certificate: cert, key } = await certificates.of("untrusted");
    const opened = await asking();
    expect(await ask(opened, { cert, key })).not.toBe("/tea");
    await allOver(opened);
    expect(opened.attempts).toMatchObject([
      { isSecure: false, code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", bytes: 0 },
    ]);
  });
});
