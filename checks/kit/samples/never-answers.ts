import { createServer } from "node:http";

const server = createServer(() => {
  console.log("thinking");
});

server.listen(Number(process.env.PORT), process.env.HOST);
