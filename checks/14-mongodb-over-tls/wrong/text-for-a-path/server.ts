// fails: works
// mistake: M58
// hint: whose name is the text of a certificate
import "../../../../solutions/14-mongodb-over-tls/server.ts";
