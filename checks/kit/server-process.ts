import type { ChildProcess } from "node:child_process";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeLeftovers } from "./compile.ts";
import { CouldNotTell } from "./could-not-tell.ts";
import { serverEnvironment } from "./environment.ts";
import {
  CrashedDuringCheck,
  CrashedWhileStarting,
  EventLoopBlocked,
  type Evidence,
  ExitedWithoutListening,
  type Fault,
  IgnoredSigterm,
  LeftChildren,
  LeftOpen,
  MemoryWithoutBound,
  NeverListened,
  PortTaken,
  PrintedWithoutEnd,
  StoppedDuringCheck,
  UnhandledRejection,
  WrongPort,
} from "./faults.ts";
import { pass } from "./patience.ts";
import { freePort } from "./ports.ts";
import { isRunning } from "./processes.ts";
import { cacheFolder, shown } from "./repository.ts";
import { type Channel, type Runtime, prepare } from "./runtime.ts";
import { hasNotEnded, killGroup } from "./server-child.ts";
import { LAST_WORDS, ServerOutput } from "./server-output.ts";
import { Timeline } from "./timeline.ts";
import type { ServersAhead } from "./waiting-server.ts";

export interface ServerOptions {
  /** The server's TypeScript or JavaScript file. */
  entry: string;
  /** Where it runs; the entry's folder unless given. */
  cwd?: string;
  /** The lesson's variables, over the clean environment of environment.ts; `undefined` is unset. */
  env?: Readonly<Record<string, string | undefined>>;
  /** A free one unless given. */
  port?: number;
  /** It speaks https, and this authority, as a PEM text, vouches for it. */
  ca?: string | undefined;
  timeline?: Timeline;
  /** Ends it, and whatever waits for it, at once. */
  signal?: AbortSignal | undefined;
  /** How long it may take to listen, in milliseconds of patience (see patience.ts). */
  readyWithin?: number;
  /** A server that prints more bytes than this prints without end. */
  mostOutput?: number;
  /** A loop that does not answer for so many turns of ours is blocked; a turn takes 20 ms or more. */
  blockedAfter?: number;
  /** Processes that were started ahead, to take one of them if there is one. */
  ahead?: ServersAhead | undefined;
  /** Called once the process exists: from here on there is time to do something else. */
  onSpawn?: (server: ServerProcess) => void;
}

/** How a server ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What was wrong with its end, if anything. */
  fault: Fault | null;
}

/** What a preloaded server tells; see preload.cjs. */
type Message =
  | { type: "listening"; host: string; port: number }
  | { type: "closed" }
  | { type: "listen-failed"; code: string; port: number }
  | {
      type: "crash";
      origin: string;
      error: string;
      code?: string;
      stack?: string;
    }
  | { type: "child"; pid: number }
  | { type: "pong"; id: number; rss: number }
  | { type: "resources"; names: string[] };

/** Nobody prints more than this within one check. */
const MOST_OUTPUT = 8 * 1_048_576;
/** A server of these lessons uses 60 to 90 MiB. */
const MOST_MEMORY = 640 * 1_048_576;
/** A turn of ours while an answer is waited for, in milliseconds; it may take longer. */
const TURN = 20;

/**
 * A learner's server, run as a process of its own and looked at from outside.
 *
 * It is the leader of a process group, so that it ends with everything it started. It is ready when
 * it listens on the port it was given. Whatever goes wrong with it as a process is a {@link Fault}.
 */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #runtime: Runtime;
  readonly #channel: Channel;
  /** The file that was started, as an absolute path. */
  readonly entry: string;
  readonly #timeline: Timeline;
  readonly #mostOutput: number;
  readonly #blockedAfter: number | undefined;
  readonly output: ServerOutput;
  readonly port: number;
  /** Where clients find it, such as `http://127.0.0.1:43121`. */
  url: string;
  /** What clients of a server that speaks https trust, as a PEM text. */
  readonly ca: string | undefined;
  /** Rejects with the fault when the server ends without being told to, or must be stopped. */
  readonly died: Promise<never>;

  #reject: (reason: Fault | CouldNotTell) => void = () => {};
  #exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #listens: { host: string; port: number }[] = [];
  #listenFailed: { code: string; port: number } | undefined;
  #crash: Extract<Message, { type: "crash" }> | undefined;
  #closed = 0;
  #children: number[] = [];
  #stopping = false;
  #condemned = false;
  #ready = false;
  #pings = new Map<number, () => void>();
  #lastPing = 0;
  #onListening = () => {};
  #onResources = (_names: string[]) => {};

  /**
   * Compiles and starts a server, and waits until it listens on its port.
   *
   * @throws {Fault} whatever kept it from listening
   * @throws {CouldNotTell} when the machine has no port or no process left
   */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { entry, cwd = dirname(entry), ahead } = options;
    const preparing = prepare(entry, ahead);
    const [runtime, port] = await Promise.all([
      preparing,
      options.port ?? freePort(),
    ]).catch(async (error: unknown) => {
      await preparing.then(({ cancel }) => cancel()).catch(() => {});
      throw error;
    });
    if (options.signal?.aborted) {
      runtime.cancel();
      throw ended();
    }
    const env = serverEnvironment({ PORT: String(port), ...options.env });
    const child = runtime.start(cwd, env);
    const server = new ServerProcess(options, child, runtime, port);
    options.onSpawn?.(server);
    void removeLeftovers(dirname(entry));
    const obstacle = await server.#becomeReady(
      options.readyWithin ?? runtime.readyWithin,
    );
    if (obstacle === null) return server;
    await server.stop();
    // Another program was quicker than our server: that is nobody's mistake.
    if (
      obstacle instanceof PortTaken &&
      options.port === undefined &&
      server.#lostItsPort()
    )
      return ServerProcess.start(options);
    throw obstacle;
  }

  private constructor(
    options: ServerOptions,
    child: ChildProcess,
    runtime: Runtime,
    port: number,
  ) {
    this.#child = child;
    this.port = port;
    this.ca = options.ca;
    this.url = this.#urlOn("127.0.0.1");
    this.#runtime = runtime;
    this.entry = options.entry;
    this.#timeline = options.timeline ?? new Timeline();
    this.#mostOutput = options.mostOutput ?? MOST_OUTPUT;
    this.#blockedAfter = options.blockedAfter;
    this.output = new ServerOutput((text) =>
      this.#timeline.add({ lane: "server", kind: "console", text }),
    );
    this.died = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    this.died.catch(() => {}); // whoever waits for something races it

    this.#channel = runtime.connect(child, (message) =>
      this.#onMessage(message as Message),
    );
    const end = () => this.#end();
    options.signal?.addEventListener("abort", end, { once: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      const read = this.output.stream();
      stream?.on("data", (chunk: Buffer) => {
        read(chunk);
        this.#assertBoundedOutput();
      });
    }
    this.#exited = this.#whenExited();
    // One signal may see many servers come and go.
    void this.#exited.then(() =>
      options.signal?.removeEventListener("abort", end),
    );
  }

  /**
   * An error that reached the process and did not end it: something catches errors for the whole
   * process. Nobody outside can see that, but the preload can.
   */
  get survived(): string | undefined {
    return this.isAlive ? this.#crash?.error : undefined;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ids of the processes that the server started and that still run. */
  get children(): number[] {
    return this.#children.filter(isRunning);
  }

  /**
   * Asks the server's event loop for one turn.
   *
   * @throws {Fault} that it is blocked, or that the server is dead
   */
  async ping(): Promise<void> {
    const id = ++this.#lastPing;
    let timer: NodeJS.Timeout | undefined;
    const { starting, running } = this.#runtime.blockedAfter;
    const most = this.#blockedAfter ?? (this.#ready ? running : starting);
    const blocked = new Promise<never>((_, reject) => {
      let turns = 0;
      timer = setInterval(() => {
        turns += 1;
        if (turns < most) return;
        const fault = new EventLoopBlocked(this.#evidence());
        this.#condemn(fault);
        reject(fault);
      }, TURN);
    });
    const answered = new Promise<void>((resolvePing) => {
      this.#pings.set(id, resolvePing);
      this.#tell({ type: "ping", id });
    });
    try {
      await Promise.race([answered, blocked, this.died]);
    } finally {
      clearInterval(timer);
      this.#pings.delete(id);
    }
  }

  /**
   * Ends the server and everything that it started.
   *
   * @param signal ask with this signal first, where signals exist; otherwise end it at once
   * @param within how long it and its children may take after the signal, in ms of wall-clock time
   */
  async stop(signal?: "SIGTERM" | "SIGINT", within = 3_000): Promise<Ended> {
    this.#stopping = true;
    let fault: Fault | null = null;
    if (signal !== undefined && process.platform !== "win32" && this.isAlive) {
      this.#child.kill(signal);
      const began = performance.now();
      if (!(await this.#exitsWithin(within)))
        fault = await this.#whyItGoesOn(within);
      else if (!(await this.#childrenExitUntil(began + within)))
        fault = new LeftChildren(this.children.length, this.#evidence());
    }
    this.kill();
    return { ...(await this.#exited), fault };
  }

  #end(): void {
    this.kill();
    this.#reject(ended());
  }

  /** Ends the whole process group at once, without waiting for it. */
  kill(): void {
    this.#stopping = true;
    killGroup(this.#child);
  }

  // ---- starting

  /** Waits until the server listens; gives what kept it from that, or `null`. */
  async #becomeReady(patience: number): Promise<Fault | CouldNotTell | null> {
    const listening = new Promise<void>((resolveListening) => {
      this.#onListening = resolveListening;
      if (this.#listensOnItsPort()) resolveListening();
    });
    const enough = new AbortController();
    try {
      await Promise.race([
        listening,
        this.died,
        pass(patience, this, enough.signal),
      ]);
    } catch (error) {
      return error as Fault | CouldNotTell;
    } finally {
      enough.abort();
    }
    if (this.#listensOnItsPort()) {
      this.#ready = true;
      return null;
    }
    const other = this.#listens[0];
    return other === undefined
      ? new NeverListened(this.port, this.#evidence())
      : new WrongPort(other.port, this.port, this.#evidence());
  }

  #listensOnItsPort(): boolean {
    const own = this.#listens.find(({ port }) => port === this.port);
    // A server that listens on localhost alone may mean the IPv6 one.
    if (own?.host === "::1") this.url = this.#urlOn("[::1]");
    return own !== undefined;
  }

  #urlOn(host: string): string {
    return `${this.ca === undefined ? "http" : "https"}://${host}:${this.port}`;
  }

  #lostItsPort(): boolean {
    return this.#listenFailed?.port === this.port && this.#listens.length === 0;
  }

  // ---- what the process tells

  #onMessage(message: Message): void {
    switch (message.type) {
      case "listening":
        this.#listens.push(message);
        if (message.port === this.port) this.#onListening();
        else void this.#waitForTheRightPort();
        break;
      case "closed":
        this.#closed += 1;
        break;
      case "listen-failed":
        this.#listenFailed = message;
        break;
      case "crash":
        this.#crash = message;
        break;
      case "child":
        this.#children.push(message.pid);
        break;
      case "pong":
        this.#pings.get(message.id)?.();
        if (message.rss > MOST_MEMORY)
          this.#condemn(new MemoryWithoutBound(message.rss, this.#evidence()));
        break;
      case "resources":
        this.#onResources(message.names);
        break;
    }
  }

  /** A server may listen on several ports: only after a few turns more is another one wrong. */
  async #waitForTheRightPort(): Promise<void> {
    await pass(100, this).then(this.#onListening, () => {});
  }

  #assertBoundedOutput(): void {
    if (this.output.bytes > this.#mostOutput)
      this.#condemn(new PrintedWithoutEnd(this.output.bytes, this.#evidence()));
  }

  /** Stops a server that cannot be talked to any more; every wait ends with the fault. */
  #condemn(fault: Fault): void {
    if (this.#stopping) return;
    this.#condemned = true;
    this.#timeline.add({ lane: "server", kind: "fault", text: fault.message });
    this.#reject(fault);
    this.kill();
  }

  // ---- ending

  #whenExited(): Promise<{
    code: number | null;
    signal: NodeJS.Signals | null;
  }> {
    return new Promise((resolveExit) => {
      const finish = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#runtime.remove();
        resolveExit({ code, signal });
      };
      this.#child.once("error", (error) => {
        this.#reject(
          new CouldNotTell(`no process could be started (${error.message})`),
        );
        finish(null, null);
      });
      this.#child.once("exit", (code, signal) => {
        const unexpected = !this.#stopping;
        // What the server had started would hold its pipes and its port.
        if (unexpected) killGroup(this.#child);
        const end = () => {
          clearTimeout(patience);
          if (unexpected) this.#reject(this.#faultOfExit(code, signal));
          finish(code, signal);
        };
        // "close" comes when all output has been read, unless somebody else holds the pipes.
        const patience = setTimeout(end, LAST_WORDS);
        this.#child.once("close", end);
      });
    });
  }

  #faultOfExit(code: number | null, signal: NodeJS.Signals | null): Fault {
    const evidence = this.#evidence();
    const error = this.#crash?.error ?? this.#outOfMemory();
    if (
      this.#listenFailed?.code === "EADDRINUSE" &&
      this.#crash?.code === "EADDRINUSE"
    )
      return new PortTaken(
        this.#listenFailed.port,
        this.#listens.some(({ port }) => port === this.#listenFailed?.port),
        evidence,
      );
    if (error !== undefined && !this.#ready)
      return new CrashedWhileStarting(error, evidence);
    if (error !== undefined)
      return this.#crash?.origin === "unhandledRejection"
        ? new UnhandledRejection(error, evidence)
        : new CrashedDuringCheck(error, evidence);
    if (!this.#ready && signal === null)
      return new ExitedWithoutListening(code, evidence);
    return new StoppedDuringCheck(
      signal === null ? `exit code ${code}` : `signal ${signal}`,
      evidence,
    );
  }

  #outOfMemory(): string | undefined {
    return this.output
      .last(LINES_OF_A_CRASH)
      .some((line) => line.includes("heap out of memory"))
      ? "it used all the memory it could have (heap out of memory)"
      : undefined;
  }

  /** Whether the check had to end it because it could not be talked to any more. */
  get isCondemned(): boolean {
    return this.#condemned;
  }

  get isAlive(): boolean {
    return hasNotEnded(this.#child);
  }

  async #exitsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolveLate) => {
      timer = setTimeout(() => resolveLate(false), ms);
    });
    const inTime = await Promise.race([this.#exited.then(() => true), late]);
    clearTimeout(timer);
    return inTime;
  }

  /** Whoever asks for the end of all has to wait for the last of them. */
  async #childrenExitUntil(moment: number): Promise<boolean> {
    while (this.children.length > 0 && performance.now() < moment)
      await sleep(TURN);
    return this.children.length === 0;
  }

  async #whyItGoesOn(ms: number): Promise<Fault> {
    if (this.#closed === 0) return new IgnoredSigterm(ms, this.#evidence());
    const told = new Promise<string[]>((resolveNames) => {
      this.#onResources = resolveNames;
      this.#tell({ type: "resources" });
    });
    const names = await Promise.race([
      told,
      this.ping().then(
        () => told,
        () => [],
      ),
    ]);
    // The pipes of the check itself are no concern of the learner's.
    const own = names.filter((name) => !["PipeWrap", "TTYWrap"].includes(name));
    return new LeftOpen([...new Set(own)], this.#evidence());
  }

  #tell(message: object): void {
    this.#channel.tell(message);
  }

  #evidence(): Evidence {
    return {
      output: this.output.last(),
      where: placeInOwnCode(this.#crash?.stack, this.entry),
    };
  }
}

/** Whoever waits for a server that the signal has ended learns nothing about it. */
function ended(): CouldNotTell {
  return new CouldNotTell("the check was ended before its verdict");
}

/** V8 prints a stack of its own below the line that names the reason. */
const LINES_OF_A_CRASH = 60;

/** The first `file:line` of a stack that is in the learner's own folder. */
export function placeInOwnCode(
  stack: string | undefined,
  source: string,
): string | undefined {
  const folder = dirname(source);
  for (const line of stack?.split("\n") ?? []) {
    const found =
      /(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^():]+):(\d+):\d+\)?$/.exec(line);
    if (found?.[1] === undefined) continue;
    const file = resolve(decodeURIComponent(found[1]));
    if (
      file.startsWith(folder) &&
      !file.includes("node_modules") &&
      !file.startsWith(cacheFolder)
    )
      return `${shown(file)}:${found[2]}`;
  }
  return undefined;
}
