import { spawn } from "node:child_process";
import { createRequire } from "node:module";

/** Either a path, or why there is none. */
export interface Downloaded {
  path?: string;
  fault?: string;
}

/** Without a byte for this long a download is given up, in milliseconds. */
const silenceLimitMS = 20_000;

/**
 * Downloads mongod by mongodb-memory-server, in a process of its own, so that Ctrl-C ends the
 * download and nothing else. Never throws.
 *
 * @param say is told how far it is and how long it will take
 */
export function download(say: (line: string) => void): Promise<Downloaded> {
  const library = createRequire(import.meta.url).resolve(
    "mongodb-memory-server",
  );
  const script =
    `require(${JSON.stringify(library)}).MongoBinary.getPath()` +
    `.then((path) => console.log("\\n" + JSON.stringify({ path })), (error) => console.log("\\n" + JSON.stringify({ fault: error.message })))`;
  const child = spawn(process.execPath, ["-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, MONGOMS_RUNTIME_DOWNLOAD: "true" },
  });
  const started = Date.now();
  return new Promise((resolve) => {
    let output = "";
    const end = (outcome: Downloaded) => {
      clearTimeout(timer);
      process.off("SIGINT", breakOff);
      child.kill();
      resolve(outcome);
    };
    const breakOff = () => end({ fault: "the download was broken off" });
    const silent = () => end({ fault: "the download stands still" });
    let timer = setTimeout(silent, silenceLimitMS);
    process.on("SIGINT", breakOff);
    child.stdout.on("data", (chunk: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(silent, silenceLimitMS);
      output += chunk.toString();
      const line = progressLine(chunk.toString(), Date.now() - started);
      if (line !== undefined) say(line);
    });
    child.on("error", (error) => end({ fault: error.message }));
    child.on("close", () => end(outcomeIn(output)));
  });
}

/**
 * What to say of the library's `Downloading MongoDB "8.2.6": 12.5% (10mb / 80mb)`.
 *
 * @param elapsedMS since the download began
 */
export function progressLine(
  text: string,
  elapsedMS: number,
): string | undefined {
  const found =
    /Downloading MongoDB "(.+?)": ([\d.]+)% \(([\d.]+)mb \/ ([\d.]+)mb\)/.exec(
      text,
    );
  if (!found) return undefined;
  const [, version, percent, , total] = found;
  const share = Number(percent) / 100;
  const left =
    share > 0
      ? `, about ${Math.ceil((elapsedMS * (1 / share - 1)) / 1000)} s left`
      : "";
  return (
    `Downloading MongoDB ${version}, once: ${Math.round(Number(percent))} % of ${total} MB${left} ` +
    "(Ctrl-C: go on with the built-in engine)"
  );
}

/** The last line that says how it ended. */
export function outcomeIn(output: string): Downloaded {
  const line = output.split("\n").findLast((text) => text.startsWith("{"));
  try {
    const { path, fault } = JSON.parse(line ?? "") as Record<string, unknown>;
    if (typeof path === "string") return { path };
    if (typeof fault === "string") return { fault: oneLine(fault) };
  } catch {
    // Falls through: a process that ended without a word.
  }
  return { fault: "the download ended without a result" };
}

/** The library's message without its lead, in one line. */
function oneLine(message: string): string {
  const [, details = message] = message.split("Details:");
  return details.replace(/\s+/g, " ").replaceAll('"', "'").trim().slice(0, 200);
}
