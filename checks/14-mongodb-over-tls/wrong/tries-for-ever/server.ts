// fails: ends
// mistake: tries-for-ever
// hint: has to learn that it is over
import "../../../../solutions/14-mongodb-over-tls/server.ts";
