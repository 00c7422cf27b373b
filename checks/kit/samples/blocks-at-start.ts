import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

const end = Infinity;
while (Date.now() < end);

server.listen(Number(process.env.PORT), process.env.HOST);
