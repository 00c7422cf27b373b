// fails: ca-file
// mistake: M59
// hint: Who looks into the file before
import "../../../../solutions/14-mongodb-over-tls/server.ts";
