import { join } from "node:path";
import { PATIENCE, patiently } from "./patience.ts";
import {
  Program,
  type ProgramMessage,
  type ProgramOptions,
} from "./program.ts";
import { root } from "./repository.ts";
import { Unmet } from "./unmet.ts";

/** An error as it arrives from another process. */
export interface TheirError {
  /** Whether it is an Error; anything can be thrown. */
  isError: boolean;
  message: string;
  code: string | null;
}

/** What came of a call. */
export type Outcome =
  | {
      /** `returned` if it was no promise. */
      how: "resolved" | "returned";
      /** By this number the check speaks of it; see `emit`. */
      result: number;
      /** As JSON takes it along. */
      value?: unknown;
      /** If it is a Socket.IO socket. */
      socket?: { id: string | null; connected: boolean };
    }
  | { how: "rejected" | "threw"; error: TheirError }
  | { how: "pending" };

/** Twice the usual: a client may try more than one way before it gives up. */
const PATIENCE_WITH_CALLS = 2 * PATIENCE;

/**
 * A learner's module in a process of its own, so that whatever it does it does not do to the check.
 * What it exports can be called.
 */
export class LearnersModule {
  /** What it exports. */
  readonly names: readonly string[];
  readonly #program: Program;
  #last = 0;

  /**
   * @throws {Fault} for what is wrong with the file
   * @throws {Unmet} when it ends while it is loaded
   */
  static async load(
    entry: string,
    options: ProgramOptions,
    onStart: (program: Program) => void = () => {},
  ): Promise<LearnersModule> {
    const runner = join(root, "checks", "kit", "module-runner.mjs");
    const program = await Program.start(entry, options, runner);
    onStart(program);
    const loaded = program.hears(({ type }) => type === "loaded");
    const { names } = await patiently(
      program,
      loaded,
      () => {
        throw new Unmet(
          `${program.name} can be imported`,
          "importing it does not come to an end: what does it wait for?",
        );
      },
      PATIENCE_WITH_CALLS,
    );
    return new LearnersModule(program, names as string[]);
  }

  private constructor(program: Program, names: readonly string[]) {
    this.#program = program;
    this.names = names;
  }

  /**
   * Calls a function that it exports, and waits for what comes of it.
   *
   * @param options `patience` in milliseconds; see patience.ts
   * @throws {Unmet} when the process ends meanwhile
   */
  async call(
    name: string,
    args: readonly unknown[],
    { patience = PATIENCE_WITH_CALLS }: { patience?: number } = {},
  ): Promise<Outcome> {
    const answer = await this.#ask({ type: "call", name, args }, patience);
    return answer === null ? { how: "pending" } : (answer.value as Outcome);
  }

  /**
   * Emits through a socket that a call has given.
   *
   * @returns the first argument of the acknowledgement
   * @throws {Unmet} when none comes
   */
  async emit(
    { result }: { result: number },
    event: string,
    ...args: unknown[]
  ): Promise<unknown> {
    const answer = await this.#ask({ type: "emit", result, event, args });
    if (answer?.type === "returned") return answer.value;
    throw new Unmet(
      `${event} is acknowledged`,
      answer === null
        ? "no acknowledgement"
        : String((answer.error as TheirError).message),
    );
  }

  /** Disconnects a socket that a call has given. */
  disconnect({ result }: { result: number }): void {
    this.#program.tell({ type: "disconnect", result });
  }

  /** Whether the process ends by itself once the check has let go of it. */
  async endsByItself(): Promise<boolean> {
    this.#program.tell({ type: "let-go" });
    const ended = this.#program.ended.then(() => true);
    try {
      return await patiently(this.#program, ended, () => false);
    } catch (error) {
      // A ping that finds nobody is the end as well.
      if (error instanceof Unmet) return ended;
      throw error;
    }
  }

  /** @returns `null` when no answer comes */
  async #ask(
    request: object,
    patience = PATIENCE_WITH_CALLS,
  ): Promise<ProgramMessage | null> {
    const id = ++this.#last;
    const answer = this.#program.hears(
      (message) =>
        message.id === id && ["returned", "threw"].includes(message.type),
    );
    this.#program.tell({ ...request, id });
    return patiently(this.#program, answer, () => null, patience);
  }
}
