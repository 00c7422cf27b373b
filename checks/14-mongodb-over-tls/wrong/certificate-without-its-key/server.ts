// fails: known
// mistake: M62
// hint: without its key
import "../../../../solutions/14-mongodb-over-tls/server.ts";
