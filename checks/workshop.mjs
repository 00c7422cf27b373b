// The one program behind every `npm run` command of the workshop:
//   node checks/workshop.mjs check 03
// Plain JavaScript on purpose: see compile-ahead.mjs.
import { compileAhead } from "./compile-ahead.mjs";

const [command, ...words] = process.argv.slice(2);
const moduleOf = await compileAhead();
const { run } = await import(moduleOf("checks/commands/run.ts"));
await run(command, words);
