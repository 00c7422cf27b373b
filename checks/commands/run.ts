import { setTimeout as sleep } from "node:timers/promises";
import { debuglog } from "node:util";
import {
  INTERRUPTED,
  interruption,
  listenForInterruption,
} from "./interruption.ts";
import * as messages from "./messages.ts";
import { WrongUsage, sentenceOf } from "./wrong-usage.ts";

/** One `npm run` command: does its work and gives the exit status. */
interface Command {
  run(words: string[]): Promise<number>;
}

type Commands = Readonly<Record<messages.CommandName, () => Promise<Command>>>;

/** Loaded when they are asked for, so that no command waits for another one's modules. */
const commands: Commands = {
  start: () => import("./start.ts"),
  playground: () => import("./playground.ts"),
  check: () => import("./check.ts"),
  hint: () => import("./hint.ts"),
  diff: () => import("./diff.ts"),
  reset: () => import("./reset.ts"),
  carry: () => import("./carry.ts"),
  list: () => import("./list.ts"),
  doctor: () => import("./doctor.ts"),
  summary: () => import("./summary.ts"),
  mongod: () => import("./mongod.ts"),
  bench: () => import("./bench.ts"),
  prove: () => import("./prove.ts"),
};

/** How long a command may take to put its things in order after Ctrl-C, in milliseconds. */
const GRACE = 500;

/** `NODE_DEBUG=workshop` shows where an unexpected error came from. */
const debug = debuglog("workshop");

/**
 * Carries out a command and ends the process with its exit status: 2 when it was used wrongly, 3
 * when something failed that is not the learner's doing, 130 after Ctrl-C.
 *
 * @param words what was typed after the command
 */
export async function run(
  command: string | undefined,
  words: string[],
): Promise<void> {
  listenForInterruption();
  for (const event of ["uncaughtException", "unhandledRejection"])
    process.on(event, (error: unknown) => void end(explain(error)));
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", ignoreClosedPipe);

  const routed = route(command, words).catch(explain);
  await end(await Promise.race([routed, stopped(routed)]));
}

async function route(
  command: string | undefined,
  words: string[],
): Promise<number> {
  if (!isCommand(command))
    throw new WrongUsage(
      messages.unknownCommand(command, Object.keys(commands)),
    );
  if (words.includes("--help") || words.includes("-h")) {
    const { tellHelp } = await import("./help.ts");
    tellHelp(command);
    return 0;
  }
  const { run: runCommand } = await commands[command]();
  return runCommand(words);
}

function isCommand(word: string | undefined): word is messages.CommandName {
  return Object.hasOwn(commands, word ?? "");
}

/** Says what went wrong, and gives the exit status. */
function explain(error: unknown): number {
  debug("%s", error instanceof Error ? error.stack : error);
  process.stderr.write(`${sentenceOf(error)}\n`);
  return error instanceof WrongUsage ? 2 : 3;
}

async function stopped(routed: Promise<unknown>): Promise<number> {
  await interruption;
  await Promise.race([routed, sleep(GRACE)]);
  // After the ^C that the terminal has shown, a new line begins.
  process.stderr.write(
    `${process.stderr.isTTY ? "\n" : ""}${messages.stopped}\n`,
  );
  return INTERRUPTED;
}

/** Explicitly, because esbuild's service or a connection may still be open. */
async function end(status: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((written) => stream.write("", () => written()));
  process.exit(status);
}

/** Whoever reads our output may stop reading, as `head` does. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
