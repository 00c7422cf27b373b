// Loaded into the server under test with --require, before its own code. It tells the check what the
// server does as a process, over IPC, and changes nothing that the server could notice.
// CommonJS because --require takes nothing else in Node 20.
"use strict";
const childProcess = require("node:child_process");
const cluster = require("node:cluster");
const { errorMonitor } = require("node:events");
const net = require("node:net");
const { Worker } = require("node:worker_threads");
const {
  afterTheirTurn,
  answerPrimary,
  meetWorkers,
} = require("./preload-cluster.cjs");

// A worker of a cluster inherits this file, and its channel leads to its primary: nobody there waits
// for what the rest of this says. It ends with its primary.
if (cluster.isWorker) return answerPrimary();
meetWorkers();

const send = (message) => {
  // Once the check is gone there is nobody to tell.
  if (process.connected) process.send(message, () => {});
};

// Every listen(): the address that was really used, or why it failed, and its end.
const listen = net.Server.prototype.listen;
const followed = new WeakSet();
net.Server.prototype.listen = function (...args) {
  if (!followed.has(this)) {
    followed.add(this);
    this.prependListener("listening", () => {
      const address = this.address();
      if (address && typeof address === "object")
        send({ type: "listening", host: address.address, port: address.port });
    });
    this.prependListener("close", () => send({ type: "closed" }));
    // A listener for errorMonitor is no error listener: an unhandled error still ends the process.
    this.on(errorMonitor, (error) => {
      if (error.syscall === "listen")
        send({ type: "listen-failed", code: error.code, port: error.port });
    });
  }
  return listen.apply(this, args);
};

// The error that ends the process. The monitor only looks on.
process.on("uncaughtExceptionMonitor", (error, origin) => {
  const isError = error instanceof Error;
  send({
    type: "crash",
    origin,
    error: isError ? `${error.name}: ${error.message}` : String(error),
    code: isError ? error.code : undefined,
    stack: isError ? error.stack : undefined,
  });
});

// Processes that the server starts.
const spawn = childProcess.ChildProcess.prototype.spawn;
childProcess.ChildProcess.prototype.spawn = function (...args) {
  const result = spawn.apply(this, args);
  if (this.pid !== undefined) send({ type: "child", pid: this.pid });
  return result;
};

process.on("message", (message) => {
  if (message?.type === "ping")
    afterTheirTurn(() =>
      send({ type: "pong", id: message.id, rss: process.memoryUsage.rss() }),
    );
  if (message?.type === "resources")
    send({ type: "resources", names: process.getActiveResourcesInfo() });
});
// The channel alone must not keep a server alive that has nothing else to do.
process.channel?.unref();

// When the check is gone, however it ended, the server goes too, with all that it started.
process.on("disconnect", () => {
  try {
    // The check makes this process the leader of its own group; Windows has no groups.
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL");
  }
});
// A blocked event loop never hears "disconnect", so a thread looks after the check as well.
new Worker(
  `const { workerData } = require("node:worker_threads");
  const gone = () => {
    if (process.ppid !== workerData.ppid) return true;
    try { process.kill(workerData.ppid, 0); return false; } catch (error) { return error.code === "ESRCH"; }
  };
  setInterval(() => {
    if (!gone()) return;
    try { process.kill(-process.pid, "SIGKILL"); } catch { process.kill(process.pid, "SIGKILL"); }
  }, 500);`,
  { eval: true, workerData: { ppid: process.ppid }, execArgv: [] },
).unref();

if (process.env.WORKSHOP_GATE !== undefined) require("./gate.cjs");
