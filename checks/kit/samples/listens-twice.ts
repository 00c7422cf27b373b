import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

server.listen(Number(process.env.PORT), process.env.HOST, () => {
  createServer().listen(Number(process.env.PORT), process.env.HOST);
});
