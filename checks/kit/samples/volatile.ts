import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer();
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("type", () => {
    socket.volatile.emit("typing");
    socket.emit("typed");
  });
});
server.listen(Number(process.env.PORT), process.env.HOST);
