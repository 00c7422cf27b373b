// Whoever comes to the port in plain http is told where to go. Nothing else is said there.
import { X509Certificate, createPrivateKey, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import { createServer as createLineServer } from "node:net";
import { createSecureContext } from "node:tls";
import express from "express";
import { Server } from "socket.io";

const { TLS_CERT_FILE = "", TLS_KEY_FILE = "", PORT, HOST } = process.env;

const problem = problemWith();
if (problem !== null) {
  console.error(`${problem} (TLS_CERT_FILE, TLS_KEY_FILE)`);
  process.exit(1);
}

const app = express();
app.get("/health", (_request, response) => void response.json({ ok: true }));
app.use(express.static(process.env.PUBLIC_DIR ?? import.meta.dirname));

const secure = createServer(
  // The certificate is read again for each connection: a new one needs no restart.
  {
    SNICallback: (_name, done) => done(null, context()),
    cert: readFileSync(TLS_CERT_FILE),
    key: readFileSync(TLS_KEY_FILE),
  },
  app,
);
const plain = createPlainServer((request, response) => {
  const location = `https://${request.headers.host}${request.url}`;
  response.writeHead(308, { location }).end();
});
new Server(secure).on("connection", (socket) => {
  const user = `guest-${socket.id.slice(0, 4)}`;
  socket.emit("welcome", { id: socket.id, user });
  socket.on("message:send", (payload: unknown, ack?: (a: object) => void) => {
    const { text } = Object(payload) as { text?: unknown };
    const said = typeof text === "string" ? text.trim() : "";
    const isGood = said.length > 0 && said.length <= 500;
    const id = randomUUID();
    const at = new Date().toISOString();
    if (isGood) socket.nsp.emit("message:new", { id, user, text: said, at });
    const error = { code: "BAD_REQUEST", message: "Say something." };
    ack?.(isGood ? { ok: true, id } : { ok: false, error });
  });
});

createLineServer((line) => {
  line.on("error", () => line.destroy());
  line.once("readable", () => {
    const first = line.read(1) as Buffer | null;
    if (first === null) return;
    line.unshift(first);
    (first[0] === 0x16 ? secure : plain).emit("connection", line);
  });
}).listen(Number(PORT), HOST);

function context() {
  return createSecureContext({
    cert: readFileSync(TLS_CERT_FILE),
    key: readFileSync(TLS_KEY_FILE),
  });
}

function problemWith(): string | null {
  try {
    context();
    const certificate = new X509Certificate(readFileSync(TLS_CERT_FILE));
    const key = createPrivateKey(readFileSync(TLS_KEY_FILE));
    return certificate.checkPrivateKey(key) ? null : "The key does not fit";
  } catch (error) {
    return (error as Error).message;
  }
}
