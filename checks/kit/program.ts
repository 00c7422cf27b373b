import type { ChildProcess } from "node:child_process";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { compileServer, removeCompiled } from "./compile.ts";
import { CouldNotTell } from "./could-not-tell.ts";
import { serverEnvironment } from "./environment.ts";
import { LimitClock, PATIENCE, type Turning, pass } from "./patience.ts";
import { killGroup, spawnNode } from "./server-child.ts";
import { LAST_WORDS, ServerOutput } from "./server-output.ts";
import { placeInOwnCode } from "./server-process.ts";
import { Unmet } from "./unmet.ts";

export interface ProgramOptions {
  args?: readonly string[];
  /** The folder of its file unless given. */
  cwd?: string;
  /** Over the clean environment of environment.ts; `undefined` is unset. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Ends it at once. */
  signal?: AbortSignal | undefined;
  /** Called for every line that it prints. */
  onLine?: ((line: string) => void) | undefined;
}

/** How a program ended. */
export interface ProgramEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The error that nothing caught, such as `TypeError: x is not a function`. */
  error: string | null;
  /** `file:line` of that error in the learner's own code, where it is known. */
  where: string | null;
  /** The last lines that it printed, to standard output and to standard error. */
  output: readonly string[];
  /** The last lines that it printed to standard error. */
  errorOutput: readonly string[];
}

/** What a program tells over IPC: the preload's messages and those of module-runner.mjs. */
export interface ProgramMessage {
  type: string;
  id?: number;
  [field: string]: unknown;
}

/** What is received of a program that should have ended. */
export const LISTENS = "it listens on a port, and goes on";

/** How long a program that is to end may take, in milliseconds of wall-clock time. */
const LONGEST_RUN = 10_000;
/** A program that does not answer for so many turns of ours is blocked. */
const BLOCKED_TURNS = 250;
const TURN = 20;

/**
 * A program of a learner that is no server, run as a process of its own: it is compiled as a server is,
 * and it is the leader of a process group, so that it ends with everything it started.
 */
export class Program implements Turning {
  /** What reports call it, such as `make-certs.ts`. */
  readonly name: string;
  readonly ended: Promise<ProgramEnd>;
  /** Rejects when it ends, with what it ended by. */
  readonly died: Promise<never>;
  readonly #entry: string;
  readonly #child: ChildProcess;
  readonly #compiled: string;
  readonly #output: ServerOutput;
  readonly #errorOutput = new ServerOutput();
  readonly #listeners = new Set<(message: ProgramMessage) => void>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.kill();
  #crash: { error: string; stack?: string } | null = null;
  #lastPing = 0;

  /**
   * @param runner a script that is started in its place, with its compiled file as first argument
   * @throws {Fault} for what is wrong with the file
   */
  static async start(
    entry: string,
    options: ProgramOptions = {},
    runner?: string,
  ): Promise<Program> {
    const compiled = await compileServer(entry);
    return new Program(entry, compiled, options, runner);
  }

  private constructor(
    entry: string,
    compiled: string,
    options: ProgramOptions,
    runner: string | undefined,
  ) {
    const { args = [], cwd = dirname(entry), env = {}, signal } = options;
    this.name = basename(entry);
    this.#output = new ServerOutput(options.onLine);
    this.#entry = entry;
    this.#compiled = compiled;
    const runners = runner === undefined ? [] : [runner];
    this.#child = spawnNode([...runners, compiled, ...args], {
      cwd,
      env: serverEnvironment(env),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
    this.#read(this.#child.stdout, this.#output);
    this.#read(this.#child.stderr, this.#output, this.#errorOutput);
    this.#child.on("message", (message) =>
      this.#onMessage(message as ProgramMessage),
    );
    this.ended = this.#whenEnded();
    this.died = this.ended.then((end) => {
      throw new Unmet(`${this.name} goes on`, howItEnded(this.name, end));
    });
    this.died.catch(() => {}); // Whoever waits for something races it.
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  #read(stream: NodeJS.ReadableStream | null, ...outputs: ServerOutput[]) {
    const readers = outputs.map((output) => output.stream());
    stream?.on("data", (chunk: Buffer) => {
      for (const read of readers) read(chunk);
    });
  }

  #onMessage(message: ProgramMessage): void {
    if (message.type === "crash") this.#crash = message as never;
    for (const listener of this.#listeners) listener(message);
  }

  #whenEnded(): Promise<ProgramEnd> {
    return new Promise((resolve, reject) => {
      this.#child.once("error", (error) => {
        this.#tidyUp();
        reject(
          new CouldNotTell(`no process could be started (${error.message})`),
        );
      });
      this.#child.once("exit", (code, signal) => {
        // What it had started would hold its pipes.
        this.kill();
        const end = () => {
          clearTimeout(patience);
          this.#tidyUp();
          resolve({ code, signal, ...this.#evidence() });
        };
        const patience = setTimeout(end, LAST_WORDS);
        this.#child.once("close", end);
      });
    });
  }

  #tidyUp(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    removeCompiled(this.#compiled);
  }

  #evidence() {
    return {
      error: this.#crash?.error ?? null,
      where: placeInOwnCode(this.#crash?.stack, this.#entry) ?? null,
      output: this.#output.last(),
      errorOutput: this.#errorOutput.last(),
    };
  }

  tell(message: object): void {
    // The channel may close at any moment; then the end tells what happened.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Resolves with the next message that is meant. */
  hears(
    isMeant: (message: ProgramMessage) => boolean,
  ): Promise<ProgramMessage> {
    return new Promise((resolve) => {
      const listener = (message: ProgramMessage) => {
        if (!isMeant(message)) return;
        this.#listeners.delete(listener);
        resolve(message);
      };
      this.#listeners.add(listener);
    });
  }

  /** @throws {Unmet} when its event loop does not turn */
  async ping(): Promise<void> {
    const id = ++this.#lastPing;
    const answered = this.hears(
      (message) => message.type === "pong" && message.id === id,
    );
    this.tell({ type: "ping", id });
    const enough = new AbortController();
    const blocked = turns(BLOCKED_TURNS, enough.signal).then(() => {
      throw new Unmet(`${this.name} goes on`, "its event loop does not turn");
    });
    try {
      await Promise.race([answered, blocked, this.died]);
    } finally {
      enough.abort();
    }
  }

  /**
   * Waits until it has ended.
   *
   * @throws {Unmet} when it does not end by itself, or listens and goes on, as a server does
   */
  async end(): Promise<ProgramEnd> {
    const clock = new LimitClock();
    const listens = this.hears(({ type }) => type === "listening")
      // It may find out a moment later that it cannot go on.
      .then(() => pass(PATIENCE, this))
      .then(() => {
        throw new Unmet(`${this.name} runs to its end`, LISTENS);
      });
    listens.catch(() => {}); // It may begin to when nobody waits any more.
    try {
      for (;;) {
        const end = await Promise.race([this.ended, listens, sleep(TURN)]);
        if (end !== undefined) return end;
        const { timeliness, elapsed } = clock.read(LONGEST_RUN);
        if (timeliness === "late")
          throw new Unmet(
            `${this.name} runs to its end`,
            `it was still running after ${LONGEST_RUN / 1000} s`,
          );
        if (elapsed > 3 * LONGEST_RUN)
          throw new CouldNotTell("this machine is too busy to run a program");
      }
    } finally {
      clock.stop();
      this.kill();
    }
  }

  /** Ends it, and what it started, at once. Always safe to call. */
  kill(): void {
    killGroup(this.#child);
  }
}

/** In a learner's words, such as `it ended with exit code 1: Error: no such file (make-certs.ts:7)`. */
export function howItEnded(name: string, end: ProgramEnd): string {
  const { code, signal, error, where, errorOutput } = end;
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const why = error ?? errorOutput.at(-1);
  const place = where === null ? "" : ` (${where})`;
  return `${name} ended with ${how}${why ? `: ${why}` : ""}${place}`;
}

async function turns(count: number, signal: AbortSignal): Promise<void> {
  for (let turn = 0; turn < count; turn++)
    await sleep(TURN, undefined, { signal });
}
