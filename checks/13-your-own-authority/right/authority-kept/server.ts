import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { X509Certificate, createPrivateKey, randomBytes } from "node:crypto";
import express from "express";
import { Server } from "socket.io";

class ConfigurationError extends Error {}

function fromFile(variable: "TLS_CERT_FILE" | "TLS_KEY_FILE"): string {
  const path = process.env[variable];
  if (!path) throw new ConfigurationError(`Please set ${variable}.`);
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new ConfigurationError(`${variable}: ${path} cannot be read.`);
  }
}

function start() {
  const tls = {
    cert: fromFile("TLS_CERT_FILE"),
    key: fromFile("TLS_KEY_FILE"),
  };
  const certificate = new X509Certificate(tls.cert);
  if (!certificate.checkPrivateKey(createPrivateKey(tls.key)))
    throw new ConfigurationError("TLS_KEY_FILE does not fit TLS_CERT_FILE.");

  const app = express().get("/health", (_, res) => void res.send({ ok: true }));
  app.use(express.static(process.env.PUBLIC_DIR ?? "../public"));
  const server = createServer({ ...tls, honorCipherOrder: true }, app);
  const io = new Server(server, { serveClient: true });
  io.use((socket, next) => {
    socket.data.name = "guest-" + socket.id.slice(0, 4);
    next();
  });
  io.on("connection", (socket) => {
    socket.emit("welcome", { id: socket.id });
    socket.on("message:send", (...args) => {
      const callback = typeof args.at(-1) === "function" ? args.pop() : null;
      const text = typeof args[0]?.text === "string" ? args[0].text.trim() : "";
      if (text === "" || text.length > 500) {
        const error = { code: "BAD_REQUEST", message: "A text, please." };
        return callback?.({ ok: false, error });
      }
      const id = randomBytes(12).toString("base64url");
      const { name: user } = socket.data;
      const at = new Date().toISOString();
      io.sockets.emit("message:new", { id, user, text, at });
      callback?.({ id, ok: true });
    });
  });
  server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
}

try {
  start();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
