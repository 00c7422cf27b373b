import { type Socket, io } from "socket.io-client";
import type {
  Acknowledged,
  ClientOptions,
  ClientState,
  Emission,
} from "../protocol.ts";
import type { Address } from "./http-request.ts";
import { Offsets } from "./offsets.ts";
import { pauseReading } from "./pause.ts";
import { RawPackets } from "./raw-packets.ts";
import { NotPossible, argumentsAsJson, cutText, readJson } from "./texts.ts";
import { VisitorNotes } from "./visitor-notes.ts";
import type { Wire } from "./wire.ts";

/** How long an acknowledgement is waited for, in milliseconds. */
const ACK_WITHIN = 5_000;

/** How soon a client whose line broke tries again, in milliseconds. */
const RECONNECTION_DELAY = 500;

const transports = {
  default: ["polling", "websocket"],
  websocket: ["websocket"],
  polling: ["polling"],
};

export interface Surroundings {
  wire: Wire;
  /** Where the server is; `null` while there is none. */
  address: () => Address | null;
  onChange: () => void;
}

/**
 * One of the people who use the learner's server: a real client, in this process.
 *
 * It lives for hours where the clients of the checks live for a moment. So it connects again by
 * itself, as the clients on web pages do, and it keeps nothing of what it hears but the count: what
 * was heard is in the timeline.
 */
export class Visitor {
  readonly name: string;
  readonly #options: ClientOptions;
  readonly #around: Surroundings;
  readonly #notes: VisitorNotes;
  readonly #offsets = new Offsets();
  #socket: Socket | undefined;
  #raw: RawPackets | undefined;
  #status: ClientState["status"] = "disconnected";
  #refusal: string | null = null;
  #heard = 0;
  /** Resolves when no upgrade is going on. */
  #upgrade = Promise.resolve();
  #paused = false;
  #resume = () => {};

  /** @throws {NotPossible} when the options hold what is no JSON */
  constructor(name: string, options: ClientOptions, around: Surroundings) {
    this.name = name;
    this.#options = options;
    this.#around = around;
    this.#notes = new VisitorNotes(name, around.wire);
    readAuth(options.auth);
    if (options.answer !== null) readJson("The answer", options.answer);
  }

  get options(): ClientOptions {
    return this.#options;
  }

  get state(): ClientState {
    const isConnected = this.#status === "connected";
    return {
      ...this.#options,
      name: this.name,
      status: this.#status,
      paused: this.#paused,
      id: (isConnected && this.#socket?.id) || null,
      via: (isConnected && this.#socket?.io.engine?.transport.name) || null,
      recovered: isConnected && this.#socket?.recovered === true,
      refusal: this.#refusal,
      offsets: this.#offsets.all,
      heard: this.#heard,
    };
  }

  /** @throws {NotPossible} while there is no server */
  connect(): void {
    if (this.#status === "connected" || this.#status === "connecting") return;
    if (this.#status === "cut") return this.mend();
    const address = this.#around.address();
    if (address === null)
      throw new NotPossible(
        `${this.name} cannot connect: your server does not run.`,
      );
    this.#socket ??= this.#open(address);
    this.#socket.io.reconnection(true);
    this.#begin();
  }

  disconnect(): void {
    this.#unpause();
    this.#socket?.disconnect();
    this.#become("disconnected");
  }

  /** Ends the line below Socket.IO: the server hears no goodbye. */
  async cut(): Promise<void> {
    // Engine.IO would finish an upgrade first, and the line would go on for so long.
    await this.#upgrade;
    const socket = this.#socket;
    if (this.#status !== "connected" || socket === undefined)
      throw new NotPossible(`${this.name} is not connected: no line to cut.`);
    this.#unpause();
    socket.io.reconnection(false);
    this.#status = "cut";
    this.#notes.onLane("cut", "loses the line");
    socket.io.engine.close();
    this.#around.onChange();
  }

  mend(): void {
    if (this.#status !== "cut")
      throw new NotPossible(`The line of ${this.name} is not cut.`);
    this.#notes.onLane("mended", "has a line again");
    this.#status = "disconnected";
    if (this.#around.address() === null) this.waitForServer();
    else this.connect();
  }

  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    if (!paused) return this.#unpause();
    if (this.#status !== "connected" || this.#socket === undefined)
      throw new NotPossible(`${this.name} is not connected.`);
    this.#resume = pauseReading(this.#socket.io.engine);
    this.#paused = true;
    this.#around.onChange();
  }

  /** Connects as soon as there is a server. */
  waitForServer(): void {
    this.#become("connecting");
  }

  /**
   * There is a server again: another process, which knows nothing of the sessions before. Whoever was
   * connected, or was refused, tries again.
   */
  serverStarted(): void {
    const status = this.#status;
    this.close();
    if (status === "cut") this.#become("cut");
    else if (status !== "disconnected") this.connect();
  }

  /** @throws {NotPossible} when it is not connected, or when what was typed is no JSON */
  emit({ event, args, withAck }: Emission): Promise<Acknowledged | null> {
    const values = args.map((text, index) =>
      this.#around.wire.names.outOf(
        readJson(
          args.length === 1 ? "The payload" : `Argument ${index + 1}`,
          text,
        ),
      ),
    );
    const socket = this.#socket;
    if (socket === undefined || this.#status !== "connected")
      throw new NotPossible(`${this.name} is not connected.`);
    return withAck
      ? this.#ask(socket, event, values)
      : this.#send(socket, event, values);
  }

  /** Ends the client. It can connect again. */
  close(): void {
    this.#unpause();
    const socket = this.#socket;
    this.#socket = undefined;
    this.#status = "disconnected";
    socket?.removeAllListeners();
    socket?.offAny();
    socket?.disconnect();
    socket?.io.engine?.close();
  }

  // ---- connecting

  #open({ url, ca }: Address): Socket {
    const { transport, namespace } = this.#options;
    const socket = io(url + namespace, {
      transports: transports[transport],
      auth: (give) => give(this.#auth()),
      // Two clients in one process would otherwise share a connection.
      forceNew: true,
      autoConnect: false,
      reconnectionDelay: RECONNECTION_DELAY,
      reconnectionDelayMax: 4 * RECONNECTION_DELAY,
      ...(ca === undefined ? {} : { ca }),
    });
    const raw = new RawPackets(socket.io);
    this.#raw = raw;
    socket.on("connect", () => this.#onConnect(socket));
    socket.on("connect_error", (error) => this.#onConnectError(socket, error));
    socket.on("disconnect", (reason) => this.#onDisconnect(socket, reason));
    socket.onAny((event: string, ...args: unknown[]) =>
      this.#onEvent(event, args),
    );
    // An engine is made for each try, right after this is told.
    socket.io.on("reconnect_attempt", () =>
      queueMicrotask(() => this.#followEngine(socket)),
    );
    return socket;
  }

  #begin(): void {
    const { transport, namespace } = this.#options;
    this.#become("connecting");
    const to = namespace === "/" ? "" : ` to ${namespace}`;
    this.#notes.toServer({
      kind: "connect",
      text: `connects${to} (${transports[transport].join(", ")})`,
    });
    const socket = this.#socket;
    socket?.connect();
    if (socket) this.#followEngine(socket);
  }

  #followEngine(socket: Socket): void {
    const { engine } = socket.io;
    if (engine === undefined) return;
    this.#raw?.follow(engine);
    engine.on("upgrade", ({ name }) => {
      this.#notes.onLane("upgrade", `goes on by ${name}`);
      this.#around.onChange();
    });
    engine.on("upgrading", () => {
      this.#upgrade = new Promise((resolve) => {
        for (const end of ["upgrade", "upgradeError", "close"] as const)
          engine.on(end, () => resolve());
      });
    });
  }

  #auth(): object {
    const auth = readAuth(this.#options.auth);
    return this.#options.sendOffsets
      ? { ...auth, offsets: this.#offsets.all }
      : auth;
  }

  #onConnect(socket: Socket): void {
    if (socket.id) this.#around.wire.names.remember(socket.id, this.name);
    const via = socket.io.engine.transport.name;
    const kind = socket.recovered ? "recovered" : "connected";
    this.#notes.fromServer({
      kind,
      text: `${kind} (${via})`,
      raw: this.#raw?.arrived,
    });
    this.#refusal = null;
    this.#become("connected");
  }

  #onConnectError(socket: Socket, error: Error & { data?: unknown }): void {
    // A server that is not there is tried again, and said once.
    if (socket.active) {
      if (this.#refusal !== null) return;
      this.#refusal = reasonOf(error);
      this.#notes.onLane("refused", `does not get through: ${this.#refusal}`);
      this.#around.onChange();
      return;
    }
    this.#refusal = error.message;
    this.#notes.fromServer({
      kind: "refused",
      text: `connect_error: ${error.message}`,
      payload: error.data,
      raw: this.#raw?.arrived,
    });
    this.#become("refused");
  }

  #onDisconnect(socket: Socket, reason: string): void {
    this.#unpause();
    if (this.#status === "cut") return; // said already
    const text = `is disconnected (${reason})`;
    if (reason === "io server disconnect")
      this.#notes.fromServer({ kind: "disconnected", text });
    else this.#notes.onLane("disconnected", text);
    this.#refusal = null;
    this.#become(socket.active ? "connecting" : "disconnected");
  }

  // ---- talking

  async #send(socket: Socket, event: string, values: unknown[]): Promise<null> {
    const raw = this.#sentBy(() => socket.emit(event, ...values));
    this.#noteEmit(event, values, raw, false);
    return null;
  }

  #ask(
    socket: Socket,
    event: string,
    values: unknown[],
  ): Promise<Acknowledged> {
    const began = performance.now();
    return new Promise((resolve) => {
      let asked: number | undefined;
      const onAnswer = (error: Error | null, ...answer: unknown[]) => {
        const ms = Math.round(performance.now() - began);
        if (error) return resolve({ answer: null, ms });
        this.#offsets.learn(answer[0]);
        this.#notes.fromServer({
          kind: "ack",
          event,
          text: "ack",
          args: answer,
          raw: this.#raw?.arrived,
          ms,
          answers: asked,
        });
        resolve({ answer: cutText(argumentsAsJson(answer)), ms });
      };
      const raw = this.#sentBy(() =>
        socket.timeout(ACK_WITHIN).emit(event, ...values, onAnswer),
      );
      asked = this.#noteEmit(event, values, raw, true);
    });
  }

  #noteEmit(
    event: string,
    args: unknown[],
    raw: string,
    wantsAck: boolean,
  ): number | undefined {
    return this.#notes.toServer({
      kind: "emit",
      event,
      text: event,
      args,
      raw,
      wantsAck,
    });
  }

  #onEvent(event: string, args: unknown[]): void {
    this.#heard += 1;
    const acknowledge = args.at(-1);
    const wantsAck = typeof acknowledge === "function";
    const values = this.#withoutOffset(wantsAck ? args.slice(0, -1) : args);
    this.#offsets.learn(values[0]);
    const asked = this.#notes.fromServer({
      kind: "event",
      event,
      text: event,
      args: values,
      raw: this.#raw?.arrived,
      wantsAck,
    });
    if (wantsAck) this.#answer(event, acknowledge as Acknowledge, asked);
    this.#around.onChange();
  }

  /** With connection state recovery the server adds an offset, which Socket.IO itself reads. */
  #withoutOffset(args: unknown[]): unknown[] {
    const { _pid: session } = this.#socket as unknown as { _pid?: string };
    const hasOffset =
      session !== undefined &&
      args.length > 1 &&
      typeof args.at(-1) === "string";
    return hasOffset ? args.slice(0, -1) : args;
  }

  #answer(
    event: string,
    acknowledge: Acknowledge,
    asked: number | undefined,
  ): void {
    const { answer } = this.#options;
    if (answer === null) return;
    const value = readJson("The answer", answer);
    const raw = this.#sentBy(() => acknowledge(value));
    this.#notes.toServer({
      kind: "ack",
      event,
      text: "ack",
      args: [value],
      raw,
      answers: asked,
    });
  }

  #sentBy(act: () => void): string {
    return this.#raw?.sentBy(act) ?? "";
  }

  #unpause(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#resume();
    this.#around.onChange();
  }

  #become(status: ClientState["status"]): void {
    this.#status = status;
    this.#around.onChange();
  }
}

type Acknowledge = (answer: unknown) => void;

/** @throws {NotPossible} when it is no JSON of an object */
function readAuth(text: string): object {
  if (text.trim() === "") return {};
  const auth = readJson("auth", text);
  if (typeof auth === "object" && auth !== null && !Array.isArray(auth))
    return auth;
  throw new NotPossible('auth is an object, such as {"token": "…"}.');
}

/** Engine.IO hides the system's own word in the error's description. */
function reasonOf(error: Error & { description?: unknown }): string {
  const { description } = error;
  const inner =
    description !== null && typeof description === "object"
      ? ((description as { error?: Error }).error ?? description)
      : undefined;
  const { code } = (inner ?? {}) as { code?: unknown };
  return typeof code === "string"
    ? `${error.message} (${code})`
    : error.message;
}
