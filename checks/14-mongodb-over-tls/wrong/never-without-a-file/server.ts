// fails: address
// mistake: file-demanded
// hint: It need not be set
import "../../../../solutions/14-mongodb-over-tls/server.ts";
