import { type ChildProcess, spawn } from "node:child_process";
import { compiledModule } from "../kit/compiled.ts";
import type { RequirementResult } from "../kit/result.ts";
import type { Answer } from "./answers.ts";

/** What is asked of a judging process, under a number that its answer carries. */
export interface Request {
  id: number;
  answer: Answer;
  /** Which mutant of an instrumented server is to be switched on. */
  mutant?: string | undefined;
}

export interface Judgement {
  /** What is wrong with the verdict, as a sentence; `null` if it is the known one. */
  objection: string | null;
  /** Whether the check could not tell. */
  isUndecided: boolean;
  failures: RequirementResult[];
  /** From the beginning of the check to its verdict. */
  ms: number;
}

type Reply =
  | { id: number; judgement: Judgement }
  | { id: number; error: string }
  | { closed: string[] };

interface Waiting {
  resolve(judgement: Judgement): void;
  reject(error: Error): void;
}

export interface JudgesOptions {
  /** How many processes judge. */
  processes?: number;
  /** How many checks go on in each at the same time: most of a check is waiting. */
  atOnce?: number;
  /** The program and the words that start Node; this Node unless given. */
  node?: readonly [string, ...string[]];
}

/** Processes that judge servers, several at a time. */
export class Judges {
  readonly #judges: Judge[];
  readonly #waiting: (() => void)[] = [];
  #free: Judge[];

  static async start({
    processes = 2,
    atOnce = 3,
    node = [process.execPath],
  }: JudgesOptions = {}): Promise<Judges> {
    const program = await compiledModule("checks/proof/main.ts");
    const judges = Array.from(
      { length: processes },
      () => new Judge(node, program),
    );
    return new Judges(judges, atOnce);
  }

  private constructor(judges: Judge[], atOnce: number) {
    this.#judges = judges;
    this.#free = Array.from({ length: atOnce }, () => judges).flat();
  }

  /**
   * Judges an answer when its turn comes.
   *
   * @param isWanted asked then; `null` is given if it is not wanted any more
   */
  async judge(answer: Answer, mutant?: string): Promise<Judgement>;
  async judge(
    answer: Answer,
    mutant: string | undefined,
    isWanted: () => boolean,
  ): Promise<Judgement | null>;
  async judge(
    answer: Answer,
    mutant?: string,
    isWanted = () => true,
  ): Promise<Judgement | null> {
    while (this.#free.length === 0)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const judge = this.#free.shift() as Judge;
    try {
      return isWanted() ? await judge.ask({ answer, mutant }) : null;
    } finally {
      this.#free.push(judge);
      this.#waiting.shift()?.();
    }
  }

  /**
   * Judges an answer once more, up to three times in all, while the check cannot tell.
   */
  async decide(answer: Answer, mutant?: string): Promise<Judgement> {
    for (let tries = 1; ; tries++) {
      const judgement = await this.judge(answer, mutant);
      if (!judgement.isUndecided || tries === 3) return judgement;
    }
  }

  /**
   * Ends the processes.
   *
   * @returns what they had still open, which ought to be nothing
   */
  async close(): Promise<string[]> {
    return (
      await Promise.all(this.#judges.map((judge) => judge.close()))
    ).flat();
  }
}

class Judge {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #closed: Promise<string[]>;
  #last = 0;
  #end: Error | null = null;

  constructor(
    [command, ...words]: readonly [string, ...string[]],
    program: string,
  ) {
    this.#child = spawn(command, [...words, "--enable-source-maps", program], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      windowsHide: true,
    });
    this.#closed = new Promise((resolve) => {
      this.#child.on("message", (reply: Reply) => {
        if ("closed" in reply) resolve(reply.closed);
        else this.#onReply(reply);
      });
      this.#child.on("exit", () => resolve([]));
    });
    this.#child.on("error", (error) => this.#onEnd(error));
    this.#child.on("exit", (code, signal) =>
      this.#onEnd(new Error(`a judging process ended with ${signal ?? code}`)),
    );
  }

  ask(request: Omit<Request, "id">): Promise<Judgement> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const id = ++this.#last;
    this.#child.send({ id, ...request });
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
  }

  #onReply(reply: Exclude<Reply, { closed: string[] }>): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ("judgement" in reply) waiting?.resolve(reply.judgement);
    else waiting?.reject(new Error(reply.error));
  }

  #onEnd(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  async close(): Promise<string[]> {
    if (this.#end !== null) return [];
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.send("close");
    const open = await this.#closed;
    await ended;
    return open;
  }
}
