// fails: renewed
// mistake: indexes-missing
// hint: could not be made at the start
import "../../../../solutions/14-mongodb-over-tls/server.ts";
