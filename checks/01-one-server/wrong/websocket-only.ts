// fails: handshake
// mistake: websocket-only
// hint: refuses to begin with polling
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { Server } from "socket.io";

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";
const publicDir =
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../lessons/public");

const app = express();

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});
app.use(express.static(publicDir));

const httpServer = createServer(app);
const io = new Server(httpServer, { transports: ["websocket"] });

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
});

httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
