import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.statusCode = 503;
  response.end("not today");
});

server.listen(Number(process.env.PORT), process.env.HOST);
