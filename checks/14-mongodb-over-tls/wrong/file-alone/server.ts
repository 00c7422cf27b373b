// fails: works
// mistake: M57
// hint: the one does not follow from the other
import "../../../../solutions/14-mongodb-over-tls/server.ts";
