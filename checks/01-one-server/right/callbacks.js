// Plain JavaScript, no Express static, other names, the handler as a named function.
import { readFile } from "node:fs";
import http from "node:http";
import path from "node:path";
import express from "express";
import * as socketIo from "socket.io";

const web = express();
const server = http.createServer();
server.on("request", web);
const realtime = new socketIo.Server();

web.get("/health", function (req, res) {
  res.status(200).send({ ok: true, uptime: process.uptime() });
});
web.get("/", function (req, res, next) {
  readFile(
    path.join(process.env.PUBLIC_DIR, "index.html"),
    "utf8",
    function (error, html) {
      if (error) next(error);
      else res.type("html").send(html);
    },
  );
});

function greet(client) {
  process.nextTick(function () {
    client.emit("welcome", { id: client.id, at: Date.now() });
  });
}
realtime.on("connection", greet);
realtime.attach(server);
server.listen({ port: process.env.PORT, host: "127.0.0.1" });
