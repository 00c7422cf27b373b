import cluster from "node:cluster";

// The same program runs several times. The first one starts the others and hands them
// the connections; the others are the chat.
if (cluster.isPrimary) {
  await import("./primary.ts");
} else {
  await import("./worker.ts");
}
