// fails: health
// mistake: express-5-wildcard
// hint: Express 5 wants a name for every wildcard
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
app.get("*", (_request, response) => {
  response.sendFile(join(publicDir, "index.html"));
});

const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", (socket) => {
  socket.emit("welcome", { id: socket.id });
});

httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
