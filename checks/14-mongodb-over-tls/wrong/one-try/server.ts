// fails: renewed
// mistake: never-again
// hint: nobody tried again
import "../../../../solutions/14-mongodb-over-tls/server.ts";
