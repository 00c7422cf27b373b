import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { Server } from "socket.io";

/** Everything that a program can see of the process that it runs in. */
function whatItSees() {
  return {
    argv: process.argv,
    execArgv: process.execArgv,
    title: process.title,
    cwd: process.cwd(),
    env: process.env,
    parent: process.ppid,
    file: import.meta.filename,
    // Since Node 24.2.
    isMain: (import.meta as { main?: boolean }).main,
    resources: process.getActiveResourcesInfo().toSorted(),
    listeners: process.eventNames().map(String).toSorted(),
    descriptors:
      process.platform === "linux" ? readdirSync("/proc/self/fd").length : null,
    stack: new Error("here").stack,
  };
}

const seenFirst = whatItSees();
const server = createServer((_request, response) => {
  response.end(JSON.stringify({ first: seenFirst, later: whatItSees() }));
});
new Server(server);
server.listen(Number(process.env.PORT), process.env.HOST);
