// fails: secure
// mistake: another-authority
// hint: Which file does your server read
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { createServer } from "node:https";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import express from "express";
import { Server } from "socket.io";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const keys = await webcrypto.subtle.generateKey(algorithm, true, [
  "sign",
  "verify",
]);
const certificate = await x509.X509CertificateGenerator.createSelfSigned({
  name: "CN=localhost",
  signingAlgorithm: algorithm,
  keys,
  extensions: [
    new x509.SubjectAlternativeNameExtension([
      { type: "dns", value: "localhost" },
      { type: "ip", value: "127.0.0.1" },
    ]),
  ],
});
const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);

const app = express();
app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.use(
  express.static(process.env.PUBLIC_DIR ?? join(import.meta.dirname, "public")),
);

const server = createServer(
  {
    cert: certificate.toString("pem"),
    key: x509.PemConverter.encode(key, "PRIVATE KEY"),
  },
  app,
);
new Server(server).on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
});
server.listen(Number(process.env.PORT), process.env.HOST);
