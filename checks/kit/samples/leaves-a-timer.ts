import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

setInterval(() => {}, 60_000);
process.on("SIGTERM", () => server.close());

server.listen(Number(process.env.PORT), process.env.HOST);
