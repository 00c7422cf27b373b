/**
 * What can be wrong with a server as a process, apart from what a lesson asks of it. Each fault has a
 * class, a `kind` for programs (the JSON result names it), a message and a hint for people.
 */

/** What every fault can show beside its message. */
export interface Evidence {
  /** The last lines that the server printed, oldest first. */
  output: readonly string[];
  /** `file:line` in the learner's own code, where one is known. */
  where?: string | undefined;
}

const nothing: Evidence = { output: [] };

export abstract class Fault extends Error {
  abstract readonly kind: string;
  /** One sentence that says where to look; never the solution. */
  readonly hint: string;
  readonly output: readonly string[];
  readonly where: string | undefined;

  constructor(message: string, hint: string, evidence: Evidence = nothing) {
    super(message);
    this.name = new.target.name;
    this.hint = hint;
    this.output = evidence.output;
    this.where = evidence.where;
  }
}

// ---- before anything runs

export class NoServerFile extends Fault {
  readonly kind = "no-server-file";
  constructor(file: string) {
    super(
      `There is no file ${file}.`,
      "Create it, or look whether its name is written differently.",
    );
  }
}

export class EmptyServerFile extends Fault {
  readonly kind = "empty-server-file";
  constructor(file: string) {
    super(
      `${file} is empty.`,
      "Was it saved? The lesson's README says what the server is to do.",
    );
  }
}

export class SyntaxFault extends Fault {
  readonly kind = "syntax-error";
  /** @param excerpt the line as it stands in the file, and a line with a caret below the place */
  constructor(where: string, problem: string, excerpt: readonly string[]) {
    super(
      `${where} cannot be read: ${problem}`,
      "Look at this line and at the one above it: a bracket, a comma or a quote may be missing.",
      { output: excerpt, where },
    );
  }
}

export class TypeFault extends Fault {
  readonly kind = "type-error";
  constructor(where: string, problem: string) {
    super(
      `TypeScript objects to ${where}: ${problem}`,
      "Your editor underlines the same place. Mend it first: it may be all that is wrong.",
      { output: [], where },
    );
  }
}

// ---- while it starts

export class CrashedWhileStarting extends Fault {
  readonly kind = "crashed-while-starting";
  constructor(error: string, evidence: Evidence) {
    super(
      `Your server crashed while it was starting: ${error}`,
      hintForCrash(error) ??
        "The error was thrown while the file ran for the first time, before any client came.",
      evidence,
    );
  }
}

export class ExitedWithoutListening extends Fault {
  readonly kind = "exited-without-listening";
  readonly code: number | null;
  constructor(code: number | null, evidence: Evidence) {
    super(
      `Your server ran to its end and stopped (exit code ${code}) without listening on a port.`,
      "A Node program ends when it has nothing to wait for. Which call makes a server wait for clients?",
      evidence,
    );
    this.code = code;
  }
}

export class NeverListened extends Fault {
  readonly kind = "never-listened";
  constructor(port: number, evidence: Evidence) {
    super(
      `Your server is running, but it does not listen on any port (PORT is ${port}).`,
      "Is the call that listens reached? Something awaited before it may never finish.",
      evidence,
    );
  }
}

export class WrongPort extends Fault {
  readonly kind = "wrong-port";
  constructor(port: number, asked: number, evidence: Evidence) {
    super(
      `Your server listens on port ${port}, but PORT=${asked} was given and nothing answers there.`,
      "The port is not the server's choice: it comes from the environment, in process.env.PORT.",
      evidence,
    );
  }
}

export class PortTaken extends Fault {
  readonly kind = "port-taken";
  constructor(port: number, byItself: boolean, evidence: Evidence) {
    super(
      byItself
        ? `Your server listens twice on port ${port}: the second call failed.`
        : `Your server tried to listen on port ${port}, which another program already uses.`,
      byItself
        ? "Only one server can have a port. Count the calls of listen."
        : "Read the port from process.env.PORT: the check gives one that is free.",
      evidence,
    );
  }
}

// ---- while it is talked to

export class UnexpectedHealth extends Fault {
  readonly kind = "unexpected-health";
  constructor(answer: string, evidence: Evidence) {
    super(
      `GET /health answered ${answer}.`,
      "The contract of lesson 01 says what /health answers, to the letter.",
      evidence,
    );
  }
}

export class CrashedDuringCheck extends Fault {
  readonly kind = "crashed-during-check";
  constructor(error: string, evidence: Evidence) {
    super(
      `Your server crashed while the check was talking to it: ${error}`,
      hintForCrash(error) ??
        "An error that a handler throws ends the whole process, for every client. Which value was not what the handler expected?",
      evidence,
    );
  }
}

export class StoppedDuringCheck extends Fault {
  readonly kind = "stopped-during-check";
  constructor(how: string, evidence: Evidence) {
    super(
      `Your server stopped (${how}) while the check was talking to it.`,
      "Does something call process.exit()?",
      evidence,
    );
  }
}

export class UnhandledRejection extends Fault {
  readonly kind = "unhandled-rejection";
  constructor(error: string, evidence: Evidence) {
    super(
      `Your server crashed: a promise was rejected and nothing handled it: ${error}`,
      "Node ends a process whose promise is rejected without a handler. Which await can fail?",
      evidence,
    );
  }
}

export class EventLoopBlocked extends Fault {
  readonly kind = "event-loop-blocked";
  constructor(evidence: Evidence) {
    super(
      "Your server is running but stuck: its event loop does not turn, so no client is answered.",
      "Look for a loop that never ends, or for a call that waits without giving way.",
      evidence,
    );
  }
}

export class PrintedWithoutEnd extends Fault {
  readonly kind = "printed-without-end";
  constructor(bytes: number, evidence: Evidence) {
    super(
      `Your server printed ${Math.round(bytes / 1_048_576)} MiB within a few moments and was stopped.`,
      "Something prints again and again: look at the last lines and find the call.",
      evidence,
    );
  }
}

export class MemoryWithoutBound extends Fault {
  readonly kind = "memory-without-bound";
  constructor(bytes: number, evidence: Evidence) {
    super(
      `Your server uses ${Math.round(bytes / 1_048_576)} MiB of memory and still grows, so it was stopped.`,
      "Something is kept for ever: look for a list or a map that only grows.",
      evidence,
    );
  }
}

export class RequestNeverAnswered extends Fault {
  readonly kind = "request-never-answered";
  constructor(request: string, evidence: Evidence) {
    super(
      `${request} was never answered: the connection stays open and nothing comes.`,
      "A route that sends no answer keeps its client waiting for ever. Does every path of it answer?",
      evidence,
    );
  }
}

// ---- at its end

export class IgnoredSigterm extends Fault {
  readonly kind = "ignored-sigterm";
  constructor(ms: number, evidence: Evidence) {
    super(
      `Your server did not end within ${ms / 1000} s after SIGTERM and still listens.`,
      "SIGTERM is a request to finish. What should the server close when it comes?",
      evidence,
    );
  }
}

export class LeftOpen extends Fault {
  readonly kind = "left-open";
  /** @param resources what Node still waits for, by its own names, such as `Timeout` */
  constructor(resources: readonly string[], evidence: Evidence) {
    super(
      `Your server stopped listening but does not end: it still has ${resources.map(inWords).join(", ") || "something"} open.`,
      "Node ends by itself once nothing is open. What was started and is never stopped?",
      evidence,
    );
  }
}

export class LeftChildren extends Fault {
  readonly kind = "left-children";
  constructor(count: number, evidence: Evidence) {
    super(
      `Your server ended but left ${count === 1 ? "a process" : `${count} processes`} behind that it had started.`,
      "Who starts a process also ends it.",
      evidence,
    );
  }
}

// ---- a notice: shown, but nothing fails because of it

export class BinaryOutput extends Fault {
  readonly kind = "binary-output";
  constructor() {
    super(
      "Your server printed bytes that are no text; each run of them is shown as a dot.",
      'Print a Buffer\'s length, or its toString("hex"), rather than its bytes.',
    );
  }
}

/** Node's names for what keeps a process alive, in a learner's words. */
const resourceWords: Readonly<Record<string, string>> = {
  Timeout: "a timer",
  Immediate: "an immediate",
  TCPSocketWrap: "a connection",
  TCPServerWrap: "a listening socket",
  TLSWrap: "a TLS connection",
  ProcessWrap: "a child process",
  FSEvent: "a file watcher",
  MessagePort: "a worker thread",
};

function inWords(resource: string): string {
  return resourceWords[resource] ?? resource;
}

/** Errors whose own text does not say what to do. The first pattern that fits is used. */
const crashHints: readonly { pattern: RegExp; hint: string }[] = [
  {
    pattern: /does not provide an export named/,
    hint: "Is it a type? Types are imported with `import type { … }`. Otherwise compare the name, letter by letter.",
  },
  {
    pattern: /Cannot find (module|package)/,
    hint: "Compare the name in the import, letter by letter. A file of your own needs ./ before it.",
  },
  {
    pattern: /require is not defined|Dynamic require of/,
    hint: 'This project uses ES modules: import … from "…" instead of require("…").',
  },
  {
    pattern: /Missing parameter name/,
    hint: 'Express 5 wants a name for every wildcard in a path: "*" alone is no longer a path, /{*path} is.',
  },
];

function hintForCrash(error: string): string | undefined {
  return crashHints.find(({ pattern }) => pattern.test(error))?.hint;
}
