import { spawn } from "node:child_process";
import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.end("fine");
});
spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
  stdio: "ignore",
}).unref();
process.on("SIGTERM", () => process.exit(0));

server.listen(Number(process.env.PORT), process.env.HOST);
