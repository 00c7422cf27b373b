import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Server as HttpsServer } from "node:https";
import { type Socket, Server } from "socket.io";

let options: { cert: string; key: string; minVersion: "TLSv1.3" };
try {
  options = { ...(await identity()), minVersion: "TLSv1.3" };
} catch (error) {
  process.stderr.write(`https: ${(error as Error).message}\n`);
  process.exit(78);
}

const page = `<!doctype html><title>Chat</title>
<script src="/socket.io/socket.io.js"></script><script>io()</script>`;
const answers: Record<string, [type: string, body: string]> = {
  "/": ["text/html; charset=utf-8", page],
  "/health": ["application/json", '{"ok":true}'],
};

const https = new HttpsServer(options, ({ url = "" }, response) => {
  const [type, body] = answers[url.split("?")[0] ?? ""] ?? [];
  if (type === undefined) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": type }).end(body);
});
const io = new Server();
io.attach(https);
io.on("connection", greet);
https.listen({ port: process.env.PORT, host: process.env.HOST });

function greet(socket: Socket) {
  socket.emit("welcome", { id: socket.id, tls: true });
  let count = 0;
  socket.on("message:send", (payload, ...rest) => {
    const ack = rest.pop() ?? (() => {});
    const text = payload?.text?.trim?.();
    if (!/^[^]{1,500}$/.test(text ?? ""))
      return ack({ ok: false, error: { code: "BAD_REQUEST", message: "?" } });
    const id = `${socket.id}#${++count}`;
    const user = `guest-${socket.id.substring(0, 4)}`;
    ack({ ok: true, id });
    io.emit("message:new", { at: new Date().toJSON(), text, user, id });
  });
}

async function identity() {
  const [cert, key] = await Promise.all([
    contentOf("TLS_CERT_FILE"),
    contentOf("TLS_KEY_FILE"),
  ]);
  const spki = (pem: ReturnType<typeof createPublicKey>) =>
    pem.export({ type: "spki", format: "pem" });
  const same =
    spki(createPublicKey(cert)) ===
    spki(createPublicKey(createPrivateKey(key)));
  if (!same) throw new Error("the key does not fit the certificate");
  return { cert, key };
}

async function contentOf(variable: string): Promise<string> {
  const file = process.env[variable];
  if (file === undefined) throw new Error(`${variable} is not set`);
  return readFile(file, "utf8");
}
