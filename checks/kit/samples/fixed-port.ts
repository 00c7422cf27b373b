import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

server.listen(39_217, "127.0.0.1");
