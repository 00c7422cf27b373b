// fails: address
// mistake: M56
// hint: and not: anybody
import "../../../../solutions/14-mongodb-over-tls/server.ts";
