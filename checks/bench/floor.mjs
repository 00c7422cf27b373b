// The least that a check can cost: one server compiled and started, one client connected, nothing
// checked, nothing reported, every step beside the others where that is possible.
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";

const entry = process.argv[2];
const compiled = join(dirname(entry), `.server.${process.pid}.0.mjs`);

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const { build } = await import("esbuild");
const [port, { outputFiles }] = await Promise.all([
  freePort(),
  build({
    entryPoints: [entry],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    write: false,
    outfile: compiled,
  }),
]);
writeFileSync(compiled, outputFiles[0].contents);
const server = spawn(process.execPath, [compiled], {
  env: { ...process.env, PORT: String(port) },
  stdio: ["ignore", "pipe", "inherit"],
});
const listening = new Promise((resolve) => server.stdout.once("data", resolve));
const { io } = await import("socket.io-client");
await listening;
const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
await new Promise((resolve) => socket.once("welcome", resolve));
server.kill("SIGKILL");
rmSync(compiled);
process.exit(0);
