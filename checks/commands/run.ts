import { runCheck } from "../kit/check-run.ts";
import lesson from "../01-one-server/check.ts";
import { resolve } from "node:path";
export async function run(command: string, words: string[]) {
  const r = await runCheck(lesson, { entry: resolve(words[0]!) }, (x) =>
    console.log(x.status, x.title, x.ms),
  );
  console.log(JSON.stringify(r, null, 1));
  process.exit(0);
}
