// What is in the file is given to the client, and not its path.
import "../../../../solutions/14-mongodb-over-tls/server.ts";
