// fails: refuses
// mistake: falls-back
// hint: I speak no TLS
import "../../../../solutions/14-mongodb-over-tls/server.ts";
