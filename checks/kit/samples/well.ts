import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

process.on("SIGTERM", () => {
  io.close();
});

server.listen(Number(process.env.PORT), process.env.HOST);
