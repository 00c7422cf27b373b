// fails: refuses
// mistake: M56
// hint: anybody in between
import "../../../../solutions/14-mongodb-over-tls/server.ts";
