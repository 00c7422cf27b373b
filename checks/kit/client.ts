import type { ManagerOptions, Socket, SocketOptions } from "socket.io-client";
import { PATIENCE, patiently } from "./patience.ts";
import type { ServerProcess } from "./server-process.ts";
import { type Matching, type Shape, describeShape, matches } from "./shape.ts";
import { show, showArguments } from "./show.ts";
import type { Timeline } from "./timeline.ts";
import { Unmet } from "./unmet.ts";

/** Loading it takes most of what a check takes, so it begins while the server starts. */
export const loadSocketIo = () => import("socket.io-client");

export interface ClientOptions {
  /** Websocket alone unless given: it is the quickest. */
  transports?: ("polling" | "websocket")[];
  /** What the handshake carries. */
  auth?: Record<string, unknown>;
  /** HTTP headers of the handshake, such as Origin. */
  headers?: Record<string, string>;
  /** How often it tries to connect where nothing answers or the line breaks; once unless given. */
  attempts?: number;
  /** `/` unless given. */
  namespace?: string;
  /** By which name it looks for the server, such as `localhost`; by its address unless given. */
  host?: string;
  /** What it trusts instead of the server's authority, as a PEM text; `null` for nothing of its own. */
  ca?: string | null;
  /** How often it sends again what is not acknowledged in time; never unless given. */
  retries?: number;
  /** How long an acknowledgement may take, in milliseconds; as long as it likes unless given. */
  ackTimeout?: number;
  /** Called with the new socket before it connects, to listen from the first packet on. */
  prepare?: (socket: Socket) => void;
}

export interface Return {
  /** Goes over what the handshake carried before. */
  auth?: Record<string, unknown>;
  /** Another one at the same address, after a restart. */
  server?: ServerProcess;
}

/** Why a server refused a client, as the client's `connect_error` says it. */
export interface Refusal {
  message: string;
  /** What the server's middleware put into the error's `data`. */
  data: unknown;
  /** Node's code, where it was the line that failed, such as `CERT_HAS_EXPIRED`. */
  code: string | undefined;
}

const NOTHING = "nothing answered";

/** What is no refusal by the server: nothing came, or the line broke. */
const LOST = new RegExp(`^(${NOTHING}|xhr .+|websocket error)$`);

/** Events that come because somebody came or went, not because somebody asked. */
const presence: ReadonlySet<string> = new Set([
  "welcome",
  "user:joined",
  "user:left",
]);

/** An event that a client heard. */
export interface Heard {
  event: string;
  /** Its arguments, without a function that acknowledges it. */
  args: readonly unknown[];
}

/**
 * A Socket.IO client that writes down everything it hears.
 *
 * It waits for an event with patience, never with a fixed sleep, and proves that an event did not
 * come by a later answer on the same connection: order on one connection is guaranteed
 * (https://socket.io/docs/v4/delivery-guarantees).
 */
export class Client {
  readonly name: string;
  readonly socket: Socket;
  #server: ServerProcess;
  readonly #timeline: Timeline;
  /** Whether acknowledgements have a time limit: then they begin with an error, or null. */
  readonly #limited: boolean;
  readonly #attempts: number;
  readonly #heard: Heard[] = [];
  /** How many of each event were already waited for. */
  readonly #consumed = new Map<string, number>();
  #waiting = new Set<() => void>();
  #markers = 0;

  /**
   * Connects a client and waits until it is connected.
   *
   * @param name what reports call it, such as Alice
   * @throws {Unmet} when the server refuses it or does not answer
   */
  static async connect(
    name: string,
    server: ServerProcess,
    timeline: Timeline,
    options: ClientOptions = {},
  ): Promise<Client> {
    const { io } = await loadSocketIo();
    const client = new Client(name, io, server, timeline, options);
    const refusal = await client.#refusal();
    if (refusal === null) return client;
    client.close();
    const transports = options.transports?.join(" and ") ?? "websocket";
    throw new Unmet(
      `${name} can connect by ${transports}`,
      `no connection: ${inWords(refusal)}`,
      { value: refusal },
    );
  }

  /**
   * Tries to connect, and goes away again.
   *
   * @returns why the server refused, or `null` if it let the client in
   */
  static async knock(
    name: string,
    server: ServerProcess,
    timeline: Timeline,
    options: ClientOptions = {},
  ): Promise<Refusal | null> {
    const { io } = await loadSocketIo();
    const client = new Client(name, io, server, timeline, options);
    try {
      return await client.#refusal();
    } finally {
      client.close();
    }
  }

  private constructor(
    name: string,
    io: (
      url: string,
      options: Partial<ManagerOptions & SocketOptions>,
    ) => Socket,
    server: ServerProcess,
    timeline: Timeline,
    options: ClientOptions,
  ) {
    this.name = name;
    this.#server = server;
    this.#timeline = timeline;
    const { retries, ackTimeout } = options;
    this.#limited = ackTimeout !== undefined;
    this.#attempts = options.attempts ?? 1;
    const url = new URL(options.namespace ?? "/", server.url);
    if (options.host !== undefined) url.hostname = options.host;
    const ca = options.ca === undefined ? server.ca : options.ca;
    this.socket = io(url.href, {
      transports: options.transports ?? ["websocket"],
      ...(ca ? { ca } : {}),
      ...(options.auth ? { auth: options.auth } : {}),
      ...(options.headers ? { extraHeaders: options.headers } : {}),
      ...(retries === undefined ? {} : { retries }),
      ...(ackTimeout === undefined ? {} : { ackTimeout }),
      // Two clients in one process would otherwise share a connection.
      forceNew: true,
      reconnection: false,
      autoConnect: false,
    });
    this.#note("connect", "connects");
    this.socket.onAny((event: string, ...args: unknown[]) =>
      this.#onEvent(event, args),
    );
    this.socket.on("connect", () =>
      this.#note("connected", `is connected (${this.transport})`, undefined, {
        id: this.id,
      }),
    );
    this.socket.on("disconnect", (reason) =>
      this.#note("disconnected", `is disconnected (${reason})`),
    );
    options.prepare?.(this.socket);
    this.socket.connect();
  }

  /** The socket id; empty while not connected. */
  get id(): string {
    return this.socket.id ?? "";
  }

  /** `polling` or `websocket`. */
  get transport(): string {
    return this.socket.io.engine?.transport.name ?? "none";
  }

  emit(event: string, ...args: unknown[]): void {
    this.#note(
      "emit",
      `sent ${event} ${showArguments(args)}`.trimEnd(),
      event,
      args,
    );
    this.socket.emit(event, ...args);
  }

  /**
   * Emits with an acknowledgement and gives its first argument.
   *
   * @param patience in milliseconds; see patience.ts
   * @throws {Unmet} when no acknowledgement comes, or when its first argument does not have the shape
   */
  async ask<S extends Shape>(
    event: string,
    args: readonly unknown[],
    shape: S,
    patience = PATIENCE,
  ): Promise<Matching<S>> {
    this.#note(
      "emit",
      `asked ${event} ${showArguments(args)}`.trimEnd(),
      event,
      args,
    );
    const expected = `${event} is acknowledged with ${describeShape(shape)}`;
    const before = this.#heard.length;
    const answer = await this.#patiently(
      this.#acknowledgement(event, args, expected),
      () => {
        const event = this.#heard
          .slice(before)
          .find((heard) => !presence.has(heard.event))?.event;
        throw new Unmet(
          expected,
          event === undefined
            ? "no acknowledgement"
            : `no acknowledgement, but the event ${event}`,
        );
      },
      patience,
    );
    this.#note(
      "acknowledged",
      `was answered ${showArguments(answer)}`,
      event,
      answer,
    );
    if (matches(shape, answer[0])) return answer[0];
    const came =
      answer.length === 0 ? "one without arguments" : showArguments(answer);
    throw new Unmet(expected, came, { value: answer[0] });
  }

  /**
   * Asks only to have a moment at which something later has been answered; no report tells of it.
   *
   * @throws {Unmet} when no acknowledgement comes
   */
  async hasAnswer(event: string, ...args: unknown[]): Promise<void> {
    const expected = `${event} is acknowledged`;
    await this.#patiently(this.#acknowledgement(event, args, expected), () => {
      throw new Unmet(expected, "no acknowledgement");
    });
  }

  #acknowledgement(
    event: string,
    args: readonly unknown[],
    expected: string,
  ): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      const answered = (...answer: unknown[]) => resolve(answer);
      const answeredInTime = (error: Error | null, ...answer: unknown[]) => {
        if (error === null) resolve(answer);
        else
          reject(new Unmet(expected, `no acknowledgement: ${error.message}`));
      };
      this.socket.emit(
        event,
        ...args,
        this.#limited ? answeredInTime : answered,
      );
    });
  }

  /**
   * Acknowledges every `event` of the server with what `answer` gives.
   *
   * @param delay milliseconds that the client takes for it, as a person would
   */
  answers(
    event: string,
    answer: (payload: unknown) => unknown,
    delay = 0,
  ): void {
    this.socket.on(event, (payload: unknown, acknowledge: unknown) => {
      if (typeof acknowledge === "function")
        setTimeout(() => acknowledge(answer(payload)), delay);
    });
  }

  /**
   * Waits for the next `event` and gives its first argument.
   *
   * @param patience in milliseconds; see patience.ts
   * @throws {Unmet} when none comes, or when its first argument does not have the shape
   */
  async hears<S extends Shape>(
    event: string,
    shape: S,
    patience = PATIENCE,
  ): Promise<Matching<S>> {
    const expected = `${this.name} hears ${event} ${describeShape(shape)}`;
    const index = this.#consumed.get(event) ?? 0;
    this.#consumed.set(event, index + 1);
    const arrived = this.#when(() => this.heard(event)[index]);
    const { args } = await this.#patiently(
      arrived,
      () => {
        throw new Unmet(expected, this.#whatCameInstead(event, index));
      },
      patience,
    );
    const [payload] = args;
    if (args.length > 0 && matches(shape, payload)) return payload;
    const came =
      args.length === 0
        ? "without arguments"
        : showArguments(this.#withoutPlace(args));
    throw new Unmet(expected, `${event} ${came}`, { value: payload });
  }

  /** All that was heard of one event, or of all, oldest first. */
  heard(event?: string): readonly Heard[] {
    return event === undefined
      ? this.#heard
      : this.#heard.filter((heard) => heard.event === event);
  }

  /**
   * Resolves when the server has handled everything that this client sent, up to the first `await`,
   * and everything that it sent to this client by then has arrived.
   *
   * It asks for a namespace that does not exist. Socket.IO itself refuses that, on the same
   * connection and without any code of the learner's. It asks twice: a server hands the events of
   * one batch to their listeners only after it has read the whole batch, so that the first refusal
   * may overtake their answers.
   */
  async settled(): Promise<void> {
    await this.#refusedNamespace();
    await this.#refusedNamespace();
  }

  async #refusedNamespace(): Promise<void> {
    this.#markers += 1;
    const marker = this.socket.io.socket(`/settled-${this.#markers}`, {});
    const answered = new Promise<void>((resolve) => {
      marker.once("connect_error", () => resolve());
      // A server may let clients into any namespace: that is an answer as well.
      marker.once("connect", () => resolve());
      marker.connect();
    });
    try {
      await this.#patiently(answered, () => {
        throw new Unmet(
          `${this.name} stays connected`,
          `${this.name}'s connection is gone`,
        );
      });
    } finally {
      marker.disconnect();
    }
  }

  /**
   * Waits until a connection that began with polling has been upgraded to websocket.
   *
   * @throws {Unmet} when it stays with polling
   */
  async upgraded(): Promise<void> {
    const upgrade = new Promise<void>((resolve) => {
      if (this.transport === "websocket") resolve();
      this.socket.io.engine?.once("upgrade", () => resolve());
    });
    await this.#patiently(upgrade, () => {
      throw new Unmet(
        `${this.name} is upgraded from polling to websocket`,
        `the connection stays with ${this.transport}`,
      );
    });
  }

  /** Closes the line below Socket.IO: the server sees it end, and hears no goodbye. */
  cut(): void {
    this.#note("cut", "lost its line");
    this.socket.io.engine?.close();
  }

  /**
   * Takes the line up again after a cut or a leave, as the same client: a server may know it still.
   *
   * @throws {Unmet} when the server refuses it or does not answer
   */
  async reconnect(how: Return = {}): Promise<void> {
    const refusal = await this.knockAgain(how);
    if (refusal === null) return;
    throw new Unmet(
      `${this.name} can connect again`,
      `no connection: ${refusal.message}`,
      { value: refusal },
    );
  }

  /**
   * Tries to take the line up again.
   *
   * @returns why the server refused, or `null` if it let the client in
   */
  async knockAgain({ auth, server }: Return = {}): Promise<Refusal | null> {
    if (server !== undefined) this.#server = server;
    // A line that is cut while something is being written ends a moment later.
    if (this.socket.connected)
      await new Promise<void>((resolve) => {
        this.socket.once("disconnect", () => resolve());
      });
    this.socket.auth = { ...this.socket.auth, ...auth };
    const brought = auth === undefined ? "" : ` with ${show(auth)}`;
    this.#note("emit", `connected again${brought}`);
    const refusal = this.#refusal();
    this.socket.connect();
    return refusal;
  }

  /** Disconnects as a page that is closed. */
  leave(): void {
    this.#note("leave", "left");
    this.socket.disconnect();
  }

  /** Ends the client without a note. Always safe to call. */
  close(): void {
    this.socket.disconnect();
    this.socket.io.engine?.close();
  }

  async #refusal(): Promise<Refusal | null> {
    for (let attempt = 1; ; attempt++) {
      const refusal = await this.#firstAnswer();
      const isLost = refusal !== null && LOST.test(refusal.message);
      if (!isLost || attempt >= this.#attempts) return refusal;
      this.close();
      this.socket.connect();
    }
  }

  async #firstAnswer(): Promise<Refusal | null> {
    const answered = new Promise<Refusal | null>((resolve) => {
      this.socket.once("connect", () => resolve(null));
      this.socket.once("connect_error", (error: Error & { data?: unknown }) =>
        resolve({
          message: error.message,
          data: error.data,
          code: codeOfLine(error),
        }),
      );
    });
    const refusal = await this.#patiently(answered, () => ({
      message: NOTHING,
      data: undefined,
      code: undefined,
    }));
    if (refusal !== null)
      this.#note("refused", `is refused (${inWords(refusal)})`);
    return refusal;
  }

  #onEvent(event: string, args: unknown[]): void {
    const withoutAcknowledgement = args.filter(
      (value) => typeof value !== "function",
    );
    this.#heard.push({ event, args: withoutAcknowledgement });
    this.#note(
      "heard",
      `heard ${event} ${showArguments(this.#withoutPlace(withoutAcknowledgement))}`,
      event,
      args,
    );
    this.#wake();
  }

  /**
   * The arguments for a report. With connection state recovery Socket.IO adds one more, the place
   * from which a lost connection goes on; no learner has sent it.
   */
  #withoutPlace(args: readonly unknown[]): readonly unknown[] {
    const { _pid: session } = this.socket as unknown as { _pid?: string };
    const hasPlace = args.length > 1 && typeof args.at(-1) === "string";
    return session !== undefined && hasPlace ? args.slice(0, -1) : args;
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves with what `find` gives as soon as it gives something. */
  #when<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #patiently<T>(
    awaited: Promise<T>,
    otherwise: () => T,
    patience = PATIENCE,
  ): Promise<T> {
    return patiently(this.#server, awaited, otherwise, patience);
  }

  #whatCameInstead(event: string, before: number): string {
    if (!this.socket.connected) return `${this.name} is no longer connected`;
    if (before > 0)
      return `it came ${before === 1 ? "once" : `${before} times`} before, and not again`;
    const others = [...new Set(this.#heard.map((heard) => heard.event))];
    return others.length === 0
      ? `${this.name} heard nothing`
      : `${this.name} heard no ${event}, only ${others.slice(0, 4).join(", ")}`;
  }

  #note(
    kind: Parameters<Timeline["add"]>[0]["kind"],
    text: string,
    event?: string,
    data?: unknown,
  ): void {
    this.#timeline.add({
      lane: this.name,
      kind,
      text,
      ...(event === undefined ? {} : { event }),
      ...(data === undefined ? {} : { data }),
    });
  }
}

function inWords({ message, code }: Refusal): string {
  return code === undefined ? message : `${message}, ${code}`;
}

/** Where Engine.IO keeps the error of the line: it depends on the transport. */
function codeOfLine(error: Error): string | undefined {
  const { context, description } = error as {
    context?: { statusText?: { code?: unknown } };
    description?: { error?: { code?: unknown } };
  };
  const code = context?.statusText?.code ?? description?.error?.code;
  return typeof code === "string" ? code : undefined;
}
