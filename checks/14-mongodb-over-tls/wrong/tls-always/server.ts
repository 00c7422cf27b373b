// fails: address
// mistake: tls-always
// hint: insists on it
import "../../../../solutions/14-mongodb-over-tls/server.ts";
