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

// TODO(01): GET /health says that the server is well: status 200 and {"ok":true}.

// TODO(01): GET / shows the given page: index.html in publicDir.

// TODO(01): Socket.IO answers on the same port as Express, at /socket.io/.

// TODO(01): each client that connects hears its own socket id: `welcome` { id }.

// This much is given: Express listens, alone, and has nothing to say yet.
// TODO(01): Express and Socket.IO share one HTTP server, and that one listens.
app.listen(port, host, (error) => {
  if (error) throw error;
  console.log(`Listening on http://${host}:${port}`);
});
