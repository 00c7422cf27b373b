import { existsSync } from "node:fs";
import { Engine } from "./engine.ts";
import { FlagError, parseFlags, type Flags } from "./flags.ts";
import { ReplicaSet } from "./replication/replica-set.ts";
import { listen } from "./wire/server.ts";

/** mongod's exit codes. */
const exitCode = {
  ended: 0,
  badFlags: 2,
  cannotListen: 48,
  cannotStart: 100,
} as const;

/** How often it is looked whether the parent still lives, in milliseconds. */
const parentCheckMS = 1000;

/** Where the engine's words go. */
export interface Output {
  /** Once, when clients can connect. */
  ready?(url: string): void;
  write(text: string): void;
  writeError(text: string): void;
}

/**
 * Runs the engine as mongod's program would run: reads flags, listens, and ends at SIGINT,
 * SIGTERM, SIGHUP or the command `shutdown`.
 *
 * @param words the command line, such as `["--port", "27027"]`
 * @returns the exit code: 0 after an ordinary end, 2 for bad flags, 48 where the port is taken
 */
export async function serve(words: string[], output: Output): Promise<number> {
  let flags: Flags | string;
  try {
    flags = parseFlags(words);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    output.writeError(`${error.message}\ntry '--help' for more information\n`);
    return exitCode.badFlags;
  }
  if (typeof flags === "string") {
    output.write(flags);
    return exitCode.ended;
  }
  const log = logger(output);
  const { dbpath } = flags;
  if (dbpath !== undefined && !existsSync(dbpath)) {
    failToStart(log, `NonExistentPath: Data directory ${dbpath} not found`);
    return exitCode.cannotStart;
  }
  return run(flags, log, output);
}

async function run(flags: Flags, log: Log, output: Output): Promise<number> {
  const { host, port, replicaSet } = flags;
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const engine = new Engine({
    host: reachable(host),
    port,
    replicaSet,
    log: (message) => log("REPL", message),
    shutdown: () => stop(),
  });
  let listener;
  try {
    listener = await listen(engine, host, port);
  } catch (error) {
    return cannotListen(error as NodeJS.ErrnoException, port, log);
  }
  engine.options.port = listener.port;
  const undo = endOn(stop, flags.exitWithParent);
  const url = `mongodb://${reachable(host)}:${listener.port}/`;
  log("CONTROL", "MongoDB starting", {
    pid: process.pid,
    port: listener.port,
    builtInEngine: true,
    storage: "memory only",
  });
  log("NETWORK", "Waiting for connections", {
    port: listener.port,
    ssl: "off",
  });
  if (flags.initiate && replicaSet !== undefined)
    engine.replicaSet = new ReplicaSet({}, engine.options);
  output.ready?.(url);
  await stopped;
  undo();
  log("CONTROL", "shutting down");
  await listener.close();
  return exitCode.ended;
}

/** An address that a client on this machine can use. */
function reachable(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}

/** Calls back when the engine has to end. @returns the undoing */
function endOn(callback: () => void, exitWithParent: boolean): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, callback);
  const timer = exitWithParent ? watchParent(callback) : undefined;
  return () => {
    for (const signal of signals) process.off(signal, callback);
    clearInterval(timer);
  };
}

/** A parent that was killed cannot say so: on POSIX its children get another parent. */
function watchParent(callback: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent || !isAlive(parent)) callback();
  }, parentCheckMS);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

type Log = (
  component: string,
  message: string,
  attributes?: object,
  severity?: "I" | "E",
) => void;

/**
 * Lines as mongod logs them, one JSON object each. mongodb-memory-server reads some of them.
 *
 * @see https://www.mongodb.com/docs/manual/reference/log-messages/
 */
function logger(output: Output): Log {
  let id = 0;
  return (component, msg, attr, severity = "I") => {
    const line = {
      t: { $date: new Date().toISOString() },
      s: severity,
      c: component.padEnd(8),
      id: id++,
      ctx: "builtInEngine",
      msg,
      ...(attr ? { attr } : {}),
    };
    output.write(`${JSON.stringify(line)}\n`);
  };
}

function cannotListen(
  error: NodeJS.ErrnoException,
  port: number,
  log: Log,
): number {
  if (error.code !== "EADDRINUSE") {
    failToStart(log, `${error.code ?? error.name}: ${error.message}`);
    return exitCode.cannotStart;
  }
  log(
    "STORAGE",
    "Failed to set up listener: SocketException: Address already in use",
    { port },
    "E",
  );
  return exitCode.cannotListen;
}

function failToStart(log: Log, error: string) {
  log("CONTROL", "DBException in initAndListen, terminating", { error }, "E");
}
