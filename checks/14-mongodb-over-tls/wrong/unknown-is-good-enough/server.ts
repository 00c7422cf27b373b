// fails: refuses
// mistake: M52
// hint: an unknown authority has signed
import "../../../../solutions/14-mongodb-over-tls/server.ts";
