import { createServer } from "node:http";
const server = createServer((_request, response) => {
  response.end("fine");
});

const settings: { port?: { number: number } } = {};
// oxlint-disable-next-line no-unsafe-optional-chaining
server.listen(settings.port!.number);
