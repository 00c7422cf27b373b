// fails: renewed
// mistake: still-away
// hint: a message is refused all the same
import "../../../../solutions/14-mongodb-over-tls/server.ts";
