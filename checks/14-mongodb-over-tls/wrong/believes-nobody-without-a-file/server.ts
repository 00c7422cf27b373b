// fails: address
// mistake: M64
// hint: replaces what Node knows
import "../../../../solutions/14-mongodb-over-tls/server.ts";
