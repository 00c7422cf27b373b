import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("boom", () => {
    const again = () => {
      for (let line = 0; line < 1_000; line++) console.log("tick ".repeat(20));
      setImmediate(again);
    };
    again();
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);
