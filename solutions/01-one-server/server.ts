import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { Server } from "socket.io";

// Whoever starts the server chooses these. The defaults are for trying it by hand.
const port = Number(process.env.PORT ?? 3000);
// 127.0.0.1 is this machine only, so nobody else on the network can reach it yet.
const host = process.env.HOST ?? "127.0.0.1";
// The path starts at this file, not at the folder in which the command was typed.
const publicDir =
  process.env.PUBLIC_DIR ?? join(import.meta.dirname, "../../lessons/public");

const app = express();

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

// Serves index.html at "/". What is not in the folder stays a 404.
app.use(express.static(publicDir));

// One HTTP server for both. Socket.IO takes the requests to /socket.io/,
// and Express gets all the others.
const httpServer = createServer(app);
const io = new Server(httpServer);

io.on("connection", (socket) => {
  // `socket` is the one client that has just come. `io.emit` would tell everyone.
  socket.emit("welcome", { id: socket.id });
});

// httpServer, not app: `app.listen` would make a second HTTP server,
// and Socket.IO would be on the one where nobody knocks.
httpServer.listen(port, host, () => {
  console.log(`Listening on http://${host}:${port}`);
});
