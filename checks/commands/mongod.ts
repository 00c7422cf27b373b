import { serve } from "../mongod/serve.ts";

/**
 * Starts the built-in engine by hand, for mongosh, Compass or a server of one's own:
 * `npm run mongod -- --port 27027 [--replSet rs0 [--initiate]]`. Ctrl-C ends it.
 *
 * @returns the exit code of `serve`
 */
export async function run(words: string[]): Promise<number> {
  return serve(words, {
    ready: (url) => {
      console.log(`Connect to ${url} - Ctrl-C ends the engine and its data.`);
      if (words.includes("--replSet") && !words.includes("--initiate"))
        console.log(
          "It becomes a replica set by rs.initiate() in mongosh, or at once with --initiate.",
        );
    },
    write: (text) => process.stdout.write(readable(text)),
    writeError: (text) => process.stderr.write(text),
  });
}

/** A line of the log for people: what happened, without the JSON around it. */
function readable(text: string): string {
  if (!text.startsWith("{")) return text;
  const { msg, attr = {} } = JSON.parse(text) as {
    msg: string;
    attr?: Record<string, unknown>;
  };
  const details = Object.entries(attr).map(
    ([name, value]) => `${name} ${String(value)}`,
  );
  return `${[msg, ...details].join(", ")}\n`;
}
