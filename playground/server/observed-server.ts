import { join } from "node:path";
import { CouldNotTell } from "../../checks/kit/could-not-tell.ts";
import { Fault, PortTaken } from "../../checks/kit/faults.ts";
import type { Needs } from "../../checks/kit/lesson.ts";
import { freePort, isFree } from "../../checks/kit/ports.ts";
import { root } from "../../checks/kit/repository.ts";
import { ServerProcess } from "../../checks/kit/server-process.ts";
import { Timeline } from "../../checks/kit/timeline.ts";
import type { FaultState, ServerState } from "../protocol.ts";
import type { Wire } from "./wire.ts";

/** What is observed, and where what happens is told. */
export interface Observation {
  /** Absolute path of the learner's server. */
  entry: string;
  /** What it finds in its environment; asked at each start. */
  needs: () => Needs;
  /** What its clients trust, where it speaks https; asked at each start. */
  ca: () => string | undefined;
  wire: Wire;
  onChange: () => void;
  /** It listens again. */
  onStarted: () => void;
}

/** Nobody is judged here, so there is more patience than in a check, in milliseconds and in turns. */
const READY_WITHIN = 3_000;
const BLOCKED_AFTER = 400;

/**
 * The learner's server while the playground watches it: started, started again on each save, and
 * told about in a sentence when it does not run.
 *
 * It keeps its port from one start to the next, so that clients find it again, as they would find a
 * server that was deployed anew.
 */
export class ObservedServer {
  readonly #observation: Observation;
  #server: ServerProcess | null = null;
  #status: ServerState["status"] = "stopped";
  #fault: FaultState | null = null;
  #starts = 0;
  #port: number | undefined;
  #isEnded = false;
  /** What is being done, and whether it must be done once more after that. */
  #working: Promise<void> | undefined;
  #isDue = false;

  constructor(observation: Observation) {
    this.#observation = observation;
  }

  get state(): ServerState {
    return {
      status: this.#status,
      url: this.url,
      starts: this.#starts,
      fault: this.#fault,
    };
  }

  /** `null` while it does not run. */
  get url(): string | null {
    return this.#status === "running" ? (this.#server?.url ?? null) : null;
  }

  /** Starts it, anew if it runs. Calls during a start lead to one more start. */
  restart(): Promise<void> {
    if (this.#working !== undefined) {
      this.#isDue = true;
      return this.#working;
    }
    this.#working = this.#restartWhileDue().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#stop();
    await this.#working;
    await this.#stop();
    this.#become("stopped");
  }

  async #restartWhileDue(): Promise<void> {
    do {
      this.#isDue = false;
      await this.#stop();
      if (this.#isEnded) return;
      await this.#start();
    } while (this.#isDue);
  }

  async #start(): Promise<void> {
    this.#fault = null;
    this.#starts += 1;
    this.#become("compiling");
    try {
      const server = await this.#started();
      this.#server = server;
      void server.died.catch((fault: unknown) => this.#onDeath(server, fault));
      this.#noteOf("started", `listens on ${server.url}`);
      this.#become("running");
      this.#observation.onStarted();
    } catch (error) {
      this.#crashed(error);
    }
  }

  async #started(): Promise<ServerProcess> {
    this.#port ??= await freePort();
    const port = this.#port;
    const { entry, ca } = this.#observation;
    const needs = this.#observation.needs();
    const scheme = ca() === undefined ? "http" : "https";
    try {
      return await ServerProcess.start({
        entry,
        port,
        env: {
          PUBLIC_DIR: join(root, "lessons", "public"),
          ...needs.env,
          // The lesson's own page is shown, and it comes from the server itself.
          CORS_ORIGIN: `${scheme}://127.0.0.1:${port}`,
        },
        ca: ca(),
        timeline: this.#console(),
        readyWithin: Math.max(READY_WITHIN, needs.readyWithin ?? 0),
        mostOutput: Infinity,
        blockedAfter: BLOCKED_AFTER,
        onSpawn: () => this.#become("starting"),
      });
    } catch (error) {
      const isTakenByAnother =
        error instanceof PortTaken && !(await isFree(port));
      if (!isTakenByAnother) throw error;
      this.#port = undefined;
      return this.#started();
    }
  }

  /** The console of one start, as entries of the wire. */
  #console(): Timeline {
    const timeline = new Timeline();
    timeline.follow(({ kind, text }) => {
      if (kind === "console") this.#noteOf("console", text);
    });
    return timeline;
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await server.stop();
    this.#become("stopped");
  }

  #onDeath(server: ServerProcess, fault: unknown): void {
    if (server !== this.#server) return;
    this.#server = null;
    this.#crashed(fault);
  }

  #crashed(error: unknown): void {
    this.#fault = faultState(error);
    this.#noteOf("fault", this.#fault.message);
    this.#become("crashed");
  }

  #become(status: ServerState["status"]): void {
    this.#status = status;
    this.#observation.onChange();
  }

  #noteOf(kind: "started" | "console" | "fault", text: string): void {
    // Nobody's flood may hide that the server has gone.
    this.#observation.wire.add(
      kind === "console" ? "console" : "server",
      () => ({
        kind,
        from: "server",
        to: null,
        text,
      }),
    );
  }
}

/** What keeps a server from running, for people. */
export function faultState(error: unknown): FaultState {
  if (error instanceof Fault) {
    const { kind, message, hint, where = null, output } = error;
    return { kind, message, hint, where, output: [...output] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: error instanceof CouldNotTell ? "could-not-tell" : "broken",
    message,
    hint: "This is the workshop's own trouble, not yours. Start your server again.",
    where: null,
    output: [],
  };
}
