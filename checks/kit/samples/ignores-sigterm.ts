import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

process.on("SIGTERM", () => console.log("not now"));

server.listen(Number(process.env.PORT), process.env.HOST);
