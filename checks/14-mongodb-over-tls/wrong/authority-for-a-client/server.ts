// fails: known
// mistake: M62
// hint: a key and a certificate that belong together
import "../../../../solutions/14-mongodb-over-tls/server.ts";
