// fails: works
// mistake: M64
// hint: where a text is meant
import "../../../../solutions/14-mongodb-over-tls/server.ts";
