// fails: reason
// mistake: reason-for-all
// hint: Not every error inside
import "../../../../solutions/14-mongodb-over-tls/server.ts";
