// fails: ca-file
// mistake: goes-on
// hint: somebody has to change something
import "../../../../solutions/14-mongodb-over-tls/server.ts";
