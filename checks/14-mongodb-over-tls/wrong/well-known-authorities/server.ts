// fails: works
// mistake: M64
// hint: yours is in none of them
import "../../../../solutions/14-mongodb-over-tls/server.ts";
