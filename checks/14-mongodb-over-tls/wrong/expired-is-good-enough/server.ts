// fails: refuses
// mistake: M55
// hint: out of date
import "../../../../solutions/14-mongodb-over-tls/server.ts";
