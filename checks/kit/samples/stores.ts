import { createServer } from "node:http";
import { MongoClient } from "mongodb";
import { Server } from "socket.io";

const client = new MongoClient(process.env.MONGODB_URI ?? "", {
  serverSelectionTimeoutMS: 400,
});
try {
  await client.connect();
} catch {
  console.error("gave up");
  process.exit(1);
}
const notes = client.db(process.env.MONGODB_DB).collection("notes");

const server = createServer((_request, response) => {
  response.end("fine");
});
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("note", async (text: unknown, acknowledge: () => void) => {
    await notes.insertOne({ text });
    acknowledge();
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);
