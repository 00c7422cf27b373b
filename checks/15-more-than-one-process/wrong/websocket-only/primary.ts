import cluster from "node:cluster";
import { setupPrimary } from "@socket.io/cluster-adapter";

const workers = Number(process.env.WORKERS ?? 2);
const farewell = 4000;

let stopping = false;

cluster.setupPrimary({ serialization: "advanced" });
setupPrimary();

for (let i = 0; i < workers; i++) cluster.fork();
cluster.on("exit", () => {
  if (!stopping) cluster.fork();
});

process.once("SIGTERM", stop);
process.once("SIGINT", stop);

function stop(): void {
  stopping = true;
  const running = Object.values(cluster.workers ?? {});
  for (const worker of running) worker?.process.kill("SIGTERM");
  setTimeout(() => process.exit(1), farewell).unref();
}
