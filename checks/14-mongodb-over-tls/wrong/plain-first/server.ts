// fails: works
// mistake: M57
// hint: spoke in the clear
import "../../../../solutions/14-mongodb-over-tls/server.ts";
