// fails: address
// mistake: address-contradicted
// hint: the opposite
import "../../../../solutions/14-mongodb-over-tls/server.ts";
