import { setMaxListeners } from "node:events";
import { createServer, type AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Document } from "../mongod/bson/values.ts";
import { FrameReader, parseRequest } from "../mongod/wire/messages.ts";

/** A command that went through the tap. */
export interface TappedCommand {
  /** Such as `insert`. */
  name: string;
  /** Everything that was sent with it, documents included. */
  command: Document;
  /** Of the connection, counted from 1. */
  connection: number;
  /** When it passed, in milliseconds since 1970. */
  at: number;
  /** Of the request; its reply names it. */
  requestId: number;
}

type Which = (command: TappedCommand) => boolean;

/**
 * Sits between a server under test and its database, and sees and changes what passes.
 * It reads plain MongoDB traffic: where TLS is wanted, a TLS front stands before the tap.
 */
export interface Tap {
  /** For the server under test, instead of the database's own. */
  uri: string;
  port: number;
  /** Every command so far but for the driver's own talk, in order. */
  readonly commands: readonly TappedCommand[];
  /** The driver's own talk too: hello, ping, endSessions and the like. */
  readonly allCommands: readonly TappedCommand[];
  /** How many connections have carried a command of the application. */
  readonly connections: number;
  /** How many replies wait here now, because of a delay or until the tap is healed. */
  readonly held: number;
  /** How many connections are open now, those of the driver's monitors included. */
  readonly open: number;
  /** Resolves with the next command of that kind, or one that has passed since `from`. */
  waitFor(which: Which, from?: number): Promise<TappedCommand>;
  /** Holds replies back for so many milliseconds; without a test, those to every command. */
  delayReplies(milliseconds: number, which?: Which): void;
  /** Keeps replies until the tap is healed; at most so many. */
  withholdReplies(which: Which, atMost?: number): void;
  /** Cuts every connection, and each new one at once, until the tap is healed. */
  cut(): void;
  /** Cuts every connection that is open now. */
  cutOnce(): void;
  /** Ends all faults; replies that were kept go out. */
  heal(): void;
  close(): Promise<void>;
}

/** How long a driver may take to notice that a connection has ended, in milliseconds. */
const HANG_UP = 1_000;

/** What drivers say on their own. */
const driversTalk = new Set([
  "hello",
  "isMaster",
  "ismaster",
  "ping",
  "buildInfo",
  "endSessions",
  "saslStart",
  "saslContinue",
  "killCursors",
]);

/** For whoever looks on for hours. */
export interface Looking {
  /** Called with every command of the application as it passes. */
  onCommand?: (command: TappedCommand) => void;
  /** Called when its reply passes, so many milliseconds later. */
  onReply?: (command: TappedCommand, milliseconds: number) => void;
  /** Whether `commands` are kept; they are unless given. */
  keeps?: boolean;
}

/**
 * @param uri of one database server, on this machine or elsewhere, without TLS; if it is still to
 *   come, whoever connects before waits
 */
export async function openTap(
  uri: string | Promise<string>,
  { onCommand, onReply, keeps = true }: Looking = {},
): Promise<Tap> {
  const target = Promise.resolve(uri).then(addressIn);
  target.catch(() => {}); // Whoever connects is told by the end of the line.
  const { search, credentials } =
    typeof uri === "string" ? partsOf(uri) : { search: "", credentials: "" };
  const faults = new Faults();
  const commands: TappedCommand[] = [];
  const listeners = new Set<(command: TappedCommand) => void>();
  const pairs = new Set<Pair>();
  let connections = 0;

  const server = createServer((client) => {
    if (faults.isCut) return void client.destroy();
    const pair = new Pair(client, target, ++connections, faults, {
      onCommand(command) {
        if (keeps) commands.push(command);
        if (!driversTalk.has(command.name)) onCommand?.(command);
        for (const listener of listeners) listener(command);
      },
      onReply(command, milliseconds) {
        if (!driversTalk.has(command.name)) onReply?.(command, milliseconds);
      },
    });
    pairs.add(pair);
    pair.onEnd(() => pairs.delete(pair));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const ofApplication = () =>
    commands.filter(({ name }) => !driversTalk.has(name));
  const cutOnce = () => {
    const cut = [...pairs];
    pairs.clear();
    for (const pair of cut) pair.fallSilent();
    // A driver whose connections end all at once can write to one that has ended already, and waits
    // for ever (mongodb 7.9: the monitor of the server, woken by another connection's end).
    const monitors = cut.filter(({ isUsed }) => !isUsed);
    void Promise.all(monitors.map((pair) => pair.hangUp())).then(() => {
      for (const pair of cut) pair.destroy();
    });
  };
  return {
    // Else a driver would ask a replica set for its members and go to them directly.
    uri: `mongodb://${credentials}127.0.0.1:${port}/?directConnection=true${withoutReplicaSet(search)}`,
    port,
    get commands() {
      return ofApplication();
    },
    get allCommands() {
      return commands;
    },
    get connections() {
      return new Set(ofApplication().map(({ connection }) => connection)).size;
    },
    get held() {
      return faults.held;
    },
    get open() {
      return pairs.size;
    },
    waitFor(which, from = Date.now()) {
      const passed = commands.find(
        (command) => command.at >= from && which(command),
      );
      if (passed) return Promise.resolve(passed);
      return new Promise((resolve) => {
        const listener = (command: TappedCommand) => {
          if (!which(command)) return;
          listeners.delete(listener);
          resolve(command);
        };
        listeners.add(listener);
      });
    },
    delayReplies: (milliseconds, which = () => true) =>
      faults.delay(milliseconds, which),
    withholdReplies: (which, atMost = Infinity) =>
      faults.withhold(which, atMost),
    cut() {
      faults.isCut = true;
      cutOnce();
    },
    cutOnce,
    heal: () => faults.heal(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        faults.heal();
        for (const pair of pairs) pair.destroy();
      }),
  };
}

interface Address {
  host: string;
  port: number;
}

function partsOf(uri: string) {
  const { hostname, port, search, username, password } = new URL(
    uri.replace(/^mongodb:/, "http:"),
  );
  const credentials = username === "" ? "" : `${username}:${password}@`;
  return { hostname, port, search, credentials };
}

function addressIn(uri: string): Address {
  const { hostname, port } = partsOf(uri);
  return { host: hostname, port: Number(port || 27017) };
}

function withoutReplicaSet(search: string): string {
  const parameters = new URLSearchParams(search);
  parameters.delete("replicaSet");
  parameters.delete("directConnection");
  return parameters.size > 0 ? `&${parameters}` : "";
}

/** The faults that are set now. */
class Faults {
  isCut = false;
  /** Replies that wait now. */
  held = 0;
  #delays: { milliseconds: number; which: Which }[] = [];
  #withheld: { which: Which; left: number }[] = [];
  #healed = healing();

  delay(milliseconds: number, which: Which) {
    this.#delays.push({ milliseconds, which });
  }

  withhold(which: Which, left: number) {
    this.#withheld.push({ which, left });
  }

  heal() {
    this.isCut = false;
    this.#delays = [];
    this.#withheld = [];
    this.#healed.abort();
    this.#healed = healing();
  }

  /** What a reply has to wait for; undefined where it may go at once. */
  waitFor(command: TappedCommand): Promise<void> | undefined {
    const keeper = this.#withheld.find(
      ({ which, left }) => left > 0 && which(command),
    );
    if (keeper) {
      keeper.left--;
      return this.#untilHealed(undefined);
    }
    const delay = this.#delays.find(({ which }) => which(command));
    return delay && this.#untilHealed(delay.milliseconds);
  }

  #untilHealed(milliseconds: number | undefined): Promise<void> {
    const { signal } = this.#healed;
    this.held++;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.held--;
        resolve();
      };
      const timer =
        milliseconds === undefined ? undefined : setTimeout(done, milliseconds);
      signal.addEventListener("abort", done);
    });
  }
}

type Seen = Required<Pick<Looking, "onCommand" | "onReply">>;

/** Any number of replies may wait for it. */
function healing(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A client's connection and its counterpart to the database. */
class Pair {
  readonly #client: Socket;
  readonly #database: Socket;
  readonly #faults: Faults;
  readonly #seen: Seen;
  /** Commands that wait for their reply, by the number of their request, and since when. */
  readonly #pending = new Map<
    number,
    { command: TappedCommand; since: number }
  >();
  /** Replies leave in the order they came in. */
  #last = Promise.resolve();
  #isSilent = false;
  /** Whether it has carried a command of the application. */
  isUsed = false;

  constructor(
    client: Socket,
    target: Promise<Address>,
    number: number,
    faults: Faults,
    seen: Seen,
  ) {
    this.#client = client;
    this.#database = new Socket();
    this.#faults = faults;
    this.#seen = seen;
    for (const socket of [client, this.#database]) {
      socket.setNoDelay(true);
      socket.on("error", () => this.destroy());
      socket.on("close", () => this.destroy());
    }
    target.then(
      (address) => this.#begin(address, number),
      () => this.destroy(),
    );
  }

  #begin(target: Address, number: number) {
    if (this.#client.destroyed) return;
    this.#database.connect(target);
    const requests = new FrameReader();
    this.#client.on("data", (chunk) => {
      this.#guarded(() => {
        for (const frame of requests.push(chunk)) this.#pass(frame, number);
      });
    });
    const replies = new FrameReader();
    this.#database.on("data", (chunk) => {
      this.#guarded(() => {
        for (const frame of replies.push(chunk)) this.#giveBack(frame);
      });
    });
  }

  onEnd(listener: () => void) {
    this.#client.once("close", listener);
  }

  /** From now on nothing passes. */
  fallSilent() {
    this.#isSilent = true;
  }

  /** Resolves when the other side has hung up too, or does not for a while. */
  async hangUp(): Promise<void> {
    const over = new Promise<void>((resolve) => this.onEnd(resolve));
    this.#client.end();
    await Promise.race([over, sleep(HANG_UP, undefined, { ref: false })]);
  }

  destroy() {
    this.#client.destroy();
    this.#database.destroy();
  }

  /** What is no MongoDB traffic ends the connection. */
  #guarded(work: () => void) {
    try {
      work();
    } catch {
      this.destroy();
    }
  }

  #pass(frame: Buffer, connection: number) {
    if (this.#isSilent) return;
    const { id, command } = parseRequest(frame);
    const [name = ""] = Object.keys(command);
    this.isUsed ||= !driversTalk.has(name);
    const tapped = { name, command, connection, at: Date.now(), requestId: id };
    this.#pending.set(id, { command: tapped, since: performance.now() });
    this.#seen.onCommand(tapped);
    this.#database.write(frame);
  }

  #giveBack(frame: Buffer) {
    const request = frame.readInt32LE(8);
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    const wait = pending && this.#faults.waitFor(pending.command);
    this.#last = this.#last
      .then(() => wait)
      .then(() => {
        if (!this.#client.writable || this.#isSilent) return;
        this.#client.write(frame);
        if (pending)
          this.#seen.onReply(
            pending.command,
            performance.now() - pending.since,
          );
      });
  }
}
