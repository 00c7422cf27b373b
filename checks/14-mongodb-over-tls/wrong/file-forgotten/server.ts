// fails: works
// mistake: M60
// hint: believes nobody but those whom Node knows
import "../../../../solutions/14-mongodb-over-tls/server.ts";
