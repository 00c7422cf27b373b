// For a server of several processes: that it has had a turn means that its workers have had one, too.
// See preload.cjs, which loads this into the primary and into each worker.
"use strict";
const cluster = require("node:cluster");

/** How long workers are waited for, in milliseconds: one that is blocked must not block the primary. */
const MOST = 200;

// Node tells messages whose `cmd` begins with NODE_ from the program's own: no listener of the
// server's hears them.
const HERE = "NODE_WORKSHOP_HERE";
const PING = "NODE_WORKSHOP_PING";
const PONG = "NODE_WORKSHOP_PONG";

const said = (message, cmd) => message?.cmd === cmd;

/** In a worker: answers the primary. */
function answerPrimary() {
  const tell = (message) => {
    if (process.connected) process.send(message, () => {});
  };
  process.on("internalMessage", (message) => {
    if (said(message, PING)) tell({ cmd: PONG, id: message.id });
  });
  tell({ cmd: HERE });
}

/** Workers that can answer: one that has just begun cannot yet. */
const workers = new Set();
/** For each turn that is waited for: what to do when a worker has had it. */
const waiting = new Map();
let lastTurn = 0;

/** In the primary: gets to know its workers. */
function meetWorkers() {
  cluster.on("fork", ({ process: worker }) => {
    worker.on("internalMessage", (message) => {
      if (said(message, HERE)) workers.add(worker);
      if (said(message, PONG)) waiting.get(message.id)?.(worker);
    });
    worker.once("exit", () => {
      workers.delete(worker);
      for (const hadItsTurn of waiting.values()) hadItsTurn(worker);
    });
  });
}

/** Calls `done` when each worker has had a turn, or the longest wait is over. */
function afterTheirTurn(done) {
  const awaited = new Set([...workers].filter(({ connected }) => connected));
  if (awaited.size === 0) return done();
  const id = ++lastTurn;
  const end = () => {
    clearTimeout(timer);
    waiting.delete(id);
    done();
  };
  const timer = setTimeout(end, MOST);
  // It alone must not keep a server alive.
  timer.unref();
  waiting.set(id, (worker) => {
    if (awaited.delete(worker) && awaited.size === 0) end();
  });
  for (const worker of awaited) worker.send({ cmd: PING, id }, () => {});
}

module.exports = { answerPrimary, meetWorkers, afterTheirTurn };
