// Socket.IO makes the HTTP server's listener itself; the page comes from a router.
import http from "node:http";
import { join, resolve } from "node:path";
import { Router, default as express } from "express";
import { Server } from "socket.io";

const folder = resolve(
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../public"),
);
const pages = Router();
pages.get(["/", "/index.html"], async (_request, response) => {
  response.sendFile("index.html", { root: folder });
});
pages.get("/health", (_request, response) => {
  response.type("json").end(JSON.stringify({ ok: true }));
});

const server = http.createServer(express().disable("x-powered-by").use(pages));
const io = new Server(server, {
  serveClient: true,
  transports: ["polling", "websocket"],
});
io.use((socket, next) => {
  setImmediate(() => {
    socket.data.since = new Date();
    next();
  });
});
io.on("connect", ({ id, emit }) => {
  io.to(id).emit("welcome", { id });
  void emit;
});
await new Promise<void>((listening) =>
  server.listen(Number(process.env.PORT), process.env.HOST, listening),
);
console.log("ready");
