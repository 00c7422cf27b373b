import { connect, createServer as createTcpServer } from "node:net";
import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.end("fine");
});
// A connection to another server, which is never closed: to a database, say.
const database = createTcpServer().unref();
database.listen(0, "127.0.0.1", () => {
  const address = database.address();
  if (address && typeof address === "object")
    connect(address.port, "127.0.0.1", () => {
      server.listen(Number(process.env.PORT), process.env.HOST);
    });
});
process.on("SIGTERM", () => server.close());
