import cluster, { type Worker } from "node:cluster";
import { createServer } from "node:http";
import { setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster } from "@socket.io/sticky";

// Whoever starts the server chooses these. The defaults are for trying it by hand.
const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";
const workers = Number(process.env.WORKERS ?? 2);

// In milliseconds: how long the workers may take to end in order.
const farewell = 4000;

let stopping = false;

// Between processes a message is text, unless it is said otherwise. Packets hold bytes.
cluster.setupPrimary({ serialization: "advanced" });

// Nobody is served here. This server takes connections and hands each one to a worker:
// to the one that knows its session, if there is one.
const httpServer = createServer();
setupMaster(httpServer);
// What one worker tells its rooms, the primary hands on to the others.
setupPrimary();

// Only once all workers can serve: before that, nobody could be handed to them.
await Promise.all(Array.from({ length: workers }, firstWorker));
cluster.on("exit", afterItsEnd);

httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}, ${workers} workers`);
});

// SIGTERM is the polite way to end a process, SIGINT is Ctrl-C.
process.once("SIGTERM", stop);
process.once("SIGINT", stop);

/** If one cannot even begin, the next one could not either. */
async function firstWorker(): Promise<void> {
  const worker = cluster.fork();
  const giveUp = (code: number) => process.exit(code || 1);
  worker.once("exit", giveUp);
  await readiness(worker);
  worker.off("exit", giveUp);
}

/** The clients of a worker that has died come back, and somebody has to be there for them. */
function afterItsEnd(
  { process: { pid } }: Worker,
  code: number,
  signal: string,
) {
  if (stopping) {
    // It was asked to.
    process.exit(0);
  }
  console.error(`Worker ${pid} has ended (${signal ?? code}), another begins.`);
  void readiness(cluster.fork());
}

/**
 * Resolves when the worker says that it can serve. What is handed to it before that is
 * lost, so until then it seems to be full: connections go where there are the fewest.
 */
function readiness(worker: Worker): Promise<void> {
  const counted = Object.assign(worker, { clientsCount: Infinity });
  return new Promise((resolve) => {
    worker.on("message", (message) => {
      if (message !== "ready") return;
      counted.clientsCount = 0;
      resolve();
    });
  });
}

/** Ends in order: nobody new comes in, and every worker ends by itself. */
function stop(): void {
  stopping = true;
  httpServer.close();
  const running = Object.values(cluster.workers ?? {});
  for (const worker of running) worker?.process.kill("SIGTERM");
  // One that says nothing more must not keep us. This timer keeps nobody either.
  setTimeout(() => process.exit(1), farewell).unref();
}
