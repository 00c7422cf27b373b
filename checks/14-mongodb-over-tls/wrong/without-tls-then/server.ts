// fails: ca-file
// mistake: goes-on
// hint: should be told at once
import "../../../../solutions/14-mongodb-over-tls/server.ts";
