// A program that does what its first argument says.
import { createServer } from "node:http";

const [, , what, ...words] = process.argv;
if (what === "prints") {
  console.log(`to standard output: ${words.join(" ")}`);
  console.error(`to standard error: ${process.env.WORD}`);
  process.exitCode = 3;
}
if (what === "throws") throw new TypeError("no tea");
if (what === "listens") createServer().listen(0, "127.0.0.1");
