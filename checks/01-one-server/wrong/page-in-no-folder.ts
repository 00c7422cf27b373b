// fails: page
// mistake: page-not-found
// hint: A path that does not begin at a fixed place
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { Server } from "socket.io";

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";
const publicDir = "public";

const app = express();

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.use(express.static(publicDir));

const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
});

httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
