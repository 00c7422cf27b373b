import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("boom", () => {
    for (;;);
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);
