import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

server.maxHeadersCount = "many";
const answer: number = "forty-two";
console.log(answer);

server.listen(Number(process.env.PORT), process.env.HOST);
