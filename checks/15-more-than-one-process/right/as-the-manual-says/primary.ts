import cluster from "node:cluster";
import { createServer } from "node:http";
import { setupPrimary } from "@socket.io/cluster-adapter";
import { setupMaster } from "@socket.io/sticky";

const { PORT = "3000", HOST = "127.0.0.1", WORKERS = "2" } = process.env;

cluster.setupPrimary({ serialization: "advanced" });
const httpServer = createServer();
setupMaster(httpServer, { loadBalancingMethod: "round-robin" });
setupPrimary();
httpServer.listen(Number(PORT), HOST);

for (let number = 1; number <= Number(WORKERS); number++) cluster.fork();
cluster.on("exit", another);

process.once("SIGTERM", () => {
  cluster.off("exit", another);
  cluster.on("exit", () => {
    if (Object.keys(cluster.workers ?? {}).length === 0) process.exit();
  });
  httpServer.close();
  for (const worker of Object.values(cluster.workers ?? {}))
    worker?.process.kill("SIGTERM");
});

function another(): void {
  cluster.fork();
}
