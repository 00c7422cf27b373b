import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("boom", () => {
    process.stdout.write(
      Buffer.from([0, 255, 254, 7, 27, 91, 50, 74, 10, 128]),
    );
    process.stdout.write("\u001b[31mred\u001b[0m\n");
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);
