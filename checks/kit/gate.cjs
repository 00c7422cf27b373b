// The last part of the preload in a process that was started ahead; see waiting-server.ts. It loads
// the libraries, stands still until the server is there, and takes over the server's environment.
//
// It reads in the blocking way: Node looks for the program only when the preload has returned.
"use strict";
const fs = require("node:fs");

const { fd, libraries } = JSON.parse(process.env.WORKSHOP_GATE);
delete process.env.WORKSHOP_GATE;

for (const library of libraries) {
  try {
    require(library);
  } catch {
    // The server itself will say so, if it needs it.
  }
}

const order = readAll();
// An end without a word: the check is gone, or needs no further server.
if (order === "") process.exit(0);
fs.closeSync(fd);
const { cwd, env } = JSON.parse(order);
process.chdir(cwd);
for (const name of Object.keys(process.env))
  if (!(name in env)) delete process.env[name];
Object.assign(process.env, env);

function readAll() {
  const chunks = [];
  for (;;) {
    const chunk = Buffer.alloc(65_536);
    const length = readSome(chunk);
    if (length === 0) return Buffer.concat(chunks).toString("utf8");
    chunks.push(chunk.subarray(0, length));
  }
}

function readSome(chunk) {
  for (;;) {
    try {
      return fs.readSync(fd, chunk);
    } catch (error) {
      // Windows tells the end of a pipe so.
      if (error.code === "EOF") return 0;
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
