import { createServer } from "node:http";
import { Server } from "socket.io";

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

async function lookUp(name: string): Promise<never> {
  throw new Error(`there is no ${name}`);
}

io.on("connection", (socket) => {
  socket.on("boom", async () => {
    socket.emit("hello", await lookUp("Bob"));
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);
