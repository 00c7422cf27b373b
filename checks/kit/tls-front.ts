import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import {
  type TLSSocket,
  connect as connectSecurely,
  createServer as createSecureServer,
} from "node:tls";
import type { Identity } from "./authority.ts";

/** Where a front passes on what comes. */
export interface FrontTarget {
  port: number;
  /** `127.0.0.1` unless given. */
  host?: string;
  /** The authority that vouches for it, as a PEM text, where it speaks TLS itself. */
  ca?: string;
}

export interface FrontOptions {
  /** What the front shows to whoever comes. */
  identity: Identity;
  /** Asks for a certificate of the client's own, and lets in only whom this authority vouches for. */
  clientCa?: string | undefined;
}

/** One connection to a front, as far as it has come. */
export interface Attempt {
  /** The name that the client asked for, if it named one. */
  serverName: string | null;
  /** Whether there is TLS between the two. It says nothing of whether the client liked what it saw. */
  isSecure: boolean;
  /** Why there is none, as Node says it, such as `ERR_SSL_WRONG_VERSION_NUMBER`. */
  code: string | null;
  /** The common name in the client's own certificate, if it showed one. */
  clientName: string | null;
  /** How much the client said once it was secure, in bytes. A client that refused said nothing. */
  bytes: number;
  isOpen: boolean;
}

/**
 * Ends TLS in front of a server, and passes on what was said. Its certificate can be changed while it
 * runs, and it writes down what was tried.
 */
export interface TlsFront {
  port: number;
  /** Every connection so far, in the order they came. */
  readonly attempts: readonly Attempt[];
  /** Shows another certificate to whoever comes from now on. */
  present(identity: Identity): void;
  /** Cuts every connection that is open now. */
  cutOnce(): void;
  close(): Promise<void>;
}

export async function openTlsFront(
  target: FrontTarget,
  { identity, clientCa }: FrontOptions,
): Promise<TlsFront> {
  const attempts: Attempt[] = [];
  const open = new Set<Socket>();
  let current = identity;
  const server = createServer((line) => {
    open.add(line);
    const attempt: Attempt = {
      serverName: null,
      isSecure: false,
      code: null,
      clientName: null,
      bytes: 0,
      isOpen: true,
    };
    attempts.push(attempt);
    line.once("close", () => {
      open.delete(line);
      attempt.isOpen = false;
    });
    receive(line, attempt, { identity: current, clientCa }, target);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const cutOnce = () => {
    for (const line of open) line.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    attempts,
    present(other) {
      current = other;
    },
    cutOnce,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutOnce();
      }),
  };
}

/** Speaks TLS with whoever has come, and then lets the target speak with them. */
function receive(
  line: Socket,
  attempt: Attempt,
  { identity, clientCa }: FrontOptions,
  target: FrontTarget,
): void {
  // A server of its own for each connection: what it reports is then about this one.
  const server = createSecureServer({
    cert: identity.certificate,
    key: identity.key,
    ...(clientCa === undefined
      ? {}
      : { requestCert: true, rejectUnauthorized: true, ca: clientCa }),
    SNICallback: (name, answer) => {
      attempt.serverName = name;
      answer(null);
    },
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, client) => {
    const { authorizationError } = client;
    attempt.code = authorizationError
      ? String(authorizationError)
      : (error.code ?? error.message);
    line.destroy();
  });
  server.on("secureConnection", (client) => {
    attempt.isSecure = true;
    attempt.clientName = commonName(client);
    client.on("data", (chunk) => {
      attempt.bytes += chunk.length;
    });
    join(client, connectTo(target));
  });
  server.emit("connection", line);
}

/** A target that hangs up is held until the client has, too: so it knows when the client knows. */
function connectTo({ port, host = "127.0.0.1", ca }: FrontTarget): Socket {
  const options = { port, host, allowHalfOpen: true };
  return ca === undefined
    ? connect(options)
    : connectSecurely({ ...options, ca });
}

/** Lets two speak with each other until both have hung up, or one of them has gone. */
function join(client: Socket, target: Socket): void {
  const end = () => {
    client.destroy();
    target.destroy();
  };
  for (const socket of [client, target]) {
    socket.setNoDelay(true);
    socket.on("error", end);
    socket.on("close", end);
  }
  client.pipe(target).pipe(client);
}

function commonName(client: TLSSocket): string | null {
  const [name] = [client.getPeerCertificate().subject?.CN].flat();
  return name ?? null;
}
