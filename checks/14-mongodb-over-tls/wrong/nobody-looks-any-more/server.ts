// fails: refuses
// mistake: M56-everywhere
// hint: for this whole process
import "../../../../solutions/14-mongodb-over-tls/server.ts";
