import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";
import { serversAhead } from "../kit/check-run.ts";
import { CheckSession } from "../kit/check-session.ts";
import { openDatabase } from "../kit/database.ts";
import { solutionFile } from "../kit/lesson-files.ts";
import { cacheFolder, root } from "../kit/repository.ts";
import { ServerProcess } from "../kit/server-process.ts";
import { loadLesson } from "./lessons.ts";

/** How long somebody reads a verdict, at the least, in milliseconds. */
const READING = 600;

/** Times in milliseconds, run by run. */
export interface SaveTimes {
  verdicts: number[];
  floors: number[];
}

/** From saving a lesson's solution to its verdict in `npm run check -- --watch`, and the floor of that. */
export function timesOnSave(name: string, runs: number): Promise<SaveTimes> {
  return measure(name, runs, verdictsOnSave);
}

/**
 * From saving a lesson's solution to the verdict on its first requirement. Those with a database have
 * contracts that are full of waits: what is to be quick is what stands before those.
 */
export function timesToFirst(name: string, runs: number): Promise<SaveTimes> {
  return measure(name, runs, firstsOnSave);
}

async function measure(
  name: string,
  runs: number,
  timesOf: typeof verdictsOnSave,
): Promise<SaveTimes> {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, "bench-"));
  try {
    cpSync(dirname(solutionFile(name)), folder, { recursive: true });
    const entry = join(folder, "server.ts");
    const verdicts = await timesOf(name, entry, runs);
    const floors: number[] = [];
    for (let run = 0; run < runs; run++) floors.push(await floor(name, entry));
    return { verdicts, floors };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function firstsOnSave(
  name: string,
  entry: string,
  runs: number,
): Promise<number[]> {
  const whole = await loadLesson(name);
  const lesson = { ...whole, requirements: whole.requirements.slice(0, 1) };
  const times: number[] = [];
  let saved: number | undefined;
  const session = new CheckSession(
    { lesson, entry },
    {
      begins() {},
      judged() {},
      ends() {
        if (saved !== undefined) times.push(performance.now() - saved);
        if (times.length > runs) session.end();
        else
          setTimeout(() => {
            saved = performance.now();
            save(entry);
          }, READING);
      },
    },
  );
  await session.run();
  // The first save is the first that finds everything warm; it is not counted.
  return times.slice(1);
}

async function verdictsOnSave(
  name: string,
  entry: string,
  runs: number,
): Promise<number[]> {
  const watch = spawn(
    process.execPath,
    [
      join(root, "checks", "workshop.mjs"),
      "check",
      name,
      "--watch",
      "--entry",
      entry,
    ],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  const verdict = () =>
    new Promise<void>((resolve, reject) => {
      let text = "";
      const read = (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.includes("Watching")) return;
        watch.stdout.off("data", read);
        if (text.includes("Passed")) resolve();
        else reject(new Error(`${name} did not pass: ${text}`));
      };
      watch.stdout.on("data", read);
    });
  const times: number[] = [];
  try {
    await verdict();
    // The first save is the first that finds everything warm; it is not counted.
    for (let run = 0; run <= runs; run++) {
      await sleep(READING);
      const next = verdict();
      const saved = performance.now();
      save(entry);
      await next;
      if (run > 0) times.push(performance.now() - saved);
    }
  } finally {
    watch.kill("SIGKILL");
  }
  return times;
}

function save(entry: string): void {
  writeFileSync(entry, `${readFileSync(entry, "utf8")}\n`);
}

/**
 * The least: a process that was started ahead runs the compiled server, and a client connects and is
 * heard. Nothing is noticed, checked or told.
 */
async function floor(name: string, entry: string): Promise<number> {
  const lesson = await loadLesson(name);
  const ahead = serversAhead(lesson, { entry });
  ahead.begin();
  await sleep(READING);
  const database = lesson.needs?.database && (await openDatabase());
  const env = {
    ...lesson.needs?.env,
    ...(database && {
      MONGODB_URI: database.uri,
      MONGODB_DB: database.fresh().name,
    }),
  };
  const began = performance.now();
  const server = await ServerProcess.start({ entry, env, ahead });
  const auth = lesson.needs?.auth?.("Alice") ?? {};
  const socket = io(server.url, { auth, transports: ["websocket"] });
  await new Promise((resolve) => socket.once("welcome", resolve));
  const took = performance.now() - began;
  socket.close();
  await server.stop();
  ahead.end();
  await database?.close();
  return took;
}
