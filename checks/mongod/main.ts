// The built-in engine as a program, started in mongod's place.
import { serve } from "./serve.ts";

const code = await serve(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
process.exitCode = code;
