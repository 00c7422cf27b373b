import type { ChildProcess } from "node:child_process";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { compiledName } from "./compile.ts";
import { serverEnvironment } from "./environment.ts";
import { isRunning } from "./processes.ts";
import { isPython } from "./runtime.ts";
import { GATE, hasNotEnded, killGroup, spawnServer } from "./server-child.ts";

/**
 * The process of a server that is to be started soon. Node runs in it, the preload is in place and
 * the libraries are loaded, which is most of what starting a server takes; it waits for the moment
 * when the server is compiled.
 *
 * It waits inside the preload (gate.cjs), before Node has looked for the program. So the server then
 * runs as every program does, and can tell no difference to a process that was started for it alone.
 * One process serves one server.
 */
export class WaitingServer {
  /** The file that it will run, as an absolute path. */
  readonly compiled: string;
  readonly #child: ChildProcess;
  #isOpen = false;

  /**
   * @param entry absolute path of the server's source
   * @param libraries packages of the workshop that the server will probably import
   */
  constructor(entry: string, libraries: readonly string[]) {
    this.compiled = compiledName(entry);
    this.#child = spawnServer(this.compiled, {
      cwd: dirname(entry),
      env: {
        ...serverEnvironment({}),
        WORKSHOP_GATE: JSON.stringify({ fd: GATE, libraries }),
      },
      waits: true,
    });
    // Without it, the server is started the other way.
    this.#child.on("error", () => {});
    this.#gate?.on("error", () => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isWaiting(): boolean {
    // One that has just died is told of later, and would be waited for in vain.
    return (
      !this.#isOpen &&
      this.pid !== undefined &&
      hasNotEnded(this.#child) &&
      isRunning(this.pid)
    );
  }

  /** Lets it run its file. */
  open(cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
    this.#isOpen = true;
    this.#gate?.end(JSON.stringify({ cwd, env }));
    return this.#child;
  }

  /** Ends a process that was never needed. */
  end(): void {
    if (!this.#isOpen) killGroup(this.#child);
  }

  get #gate(): Writable | undefined {
    return this.#child.stdio[GATE] as Writable | undefined;
  }
}

/** So many at most: each takes about as much memory as a server. */
const MOST = 4;

/** The waiting processes of one server: as many as the checks before have started. */
export class ServersAhead {
  readonly #entry: string;
  readonly #libraries: readonly string[];
  #waiting: WaitingServer[] = [];
  #wanted = 1;
  #taken = 0;
  #hasEnded = false;

  /** Parameters as those of a {@link WaitingServer}. */
  constructor(entry: string, libraries: readonly string[]) {
    this.#entry = entry;
    this.#libraries = libraries;
  }

  /** The ids of the processes. */
  get pids(): number[] {
    return this.#waiting.flatMap(({ pid }) => pid ?? []);
  }

  /** A check begins: at least one is on its way for it. */
  begin(): void {
    this.#taken = 0;
    this.#fill(1);
  }

  /** The check is over: as many are started as it has taken. */
  refill(): void {
    this.#wanted = Math.min(MOST, Math.max(this.#wanted, this.#taken));
    this.#fill(this.#wanted);
  }

  /** One for that file, if there is one. */
  take(entry: string): WaitingServer | undefined {
    if (entry !== this.#entry) return undefined;
    this.#taken += 1;
    this.#leaveOutTheDead();
    return this.#waiting.shift();
  }

  /** Takes back one that was not needed, as for a file that cannot be read. */
  putBack(waiting: WaitingServer): void {
    this.#taken -= 1;
    if (this.#hasEnded) waiting.end();
    else this.#waiting.unshift(waiting);
  }

  end(): void {
    this.#hasEnded = true;
    for (const waiting of this.#waiting.splice(0)) waiting.end();
  }

  #fill(count: number): void {
    if (this.#hasEnded || isPython(this.#entry)) return;
    this.#leaveOutTheDead();
    while (this.#waiting.length < count)
      this.#waiting.push(new WaitingServer(this.#entry, this.#libraries));
  }

  #leaveOutTheDead(): void {
    this.#waiting = this.#waiting.filter(({ isWaiting }) => isWaiting);
  }
}
