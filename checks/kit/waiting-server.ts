import type { ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";
import { compiledName } from "./compile.ts";
import { serverEnvironment } from "./environment.ts";
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
  readonly #entry: string;
  readonly #cwd: string;
  readonly #child: ChildProcess;
  #isOpen = false;

  /**
   * @param entry absolute path of the server's source
   * @param libraries packages of the workshop that the server will probably import
   */
  constructor(entry: string, cwd: string, libraries: readonly string[]) {
    this.#entry = entry;
    this.#cwd = cwd;
    this.compiled = compiledName(entry);
    this.#child = spawnServer(this.compiled, {
      cwd,
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
    return (
      !this.#isOpen && this.#child.pid !== undefined && hasNotEnded(this.#child)
    );
  }

  /** Whether it can become that server, running in that folder. */
  fits(entry: string, cwd: string): boolean {
    return this.isWaiting && entry === this.#entry && cwd === this.#cwd;
  }

  /** Lets it run its file. */
  open(env: NodeJS.ProcessEnv): ChildProcess {
    this.#isOpen = true;
    this.#gate?.end(JSON.stringify({ cwd: this.#cwd, env }));
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
