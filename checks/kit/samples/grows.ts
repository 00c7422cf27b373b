import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

const kept: Buffer[] = [];

io.on("connection", (socket) => {
  socket.on("boom", () => {
    setInterval(() => kept.push(Buffer.alloc(16 * 1_048_576, 1)), 1);
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);
