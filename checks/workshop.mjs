// The one program behind every `npm run` command of the workshop:
//   node checks/workshop.mjs check 03
// Plain JavaScript on purpose: see compile-ahead.mjs.
import { compileAhead } from "./compile-ahead.mjs";

const [command, ...words] = process.argv.slice(2);
const { run } = await load();
await run(command, words);

async function load() {
  try {
    const moduleOf = await compileAhead();
    return await import(moduleOf("checks/commands/run.ts"));
  } catch (error) {
    console.error(explain(error));
    process.exit(3);
  }
}

/** What keeps the commands from being there, and what to do. */
function explain(error) {
  if (error.code === "ERR_MODULE_NOT_FOUND")
    return "The workshop's packages are not here yet. Type: npm ci";
  if (["EACCES", "EPERM", "EROFS", "ENOSPC"].includes(error.code))
    return `The workshop's commands cannot be compiled (${error.code} at ${error.path}). Make room and allow writing there, or copy the workshop to a folder of your own.`;
  return `The workshop's commands cannot be compiled: ${error.message}`;
}
