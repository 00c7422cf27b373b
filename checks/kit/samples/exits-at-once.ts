import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

console.log("all set");
export { server };
