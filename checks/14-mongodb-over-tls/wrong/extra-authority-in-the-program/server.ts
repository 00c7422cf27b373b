// fails: works
// mistake: M60
// hint: comes too late
import "../../../../solutions/14-mongodb-over-tls/server.ts";
