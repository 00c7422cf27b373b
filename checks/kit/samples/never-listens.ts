import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

setInterval(() => {}, 1_000);
await new Promise(() => {});

server.listen(Number(process.env.PORT), process.env.HOST);
