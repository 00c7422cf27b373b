// fails: reason
// mistake: outer-code
// hint: not the one that Node gives
import "../../../../solutions/14-mongodb-over-tls/server.ts";
