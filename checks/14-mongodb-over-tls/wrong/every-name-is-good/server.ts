// fails: refuses
// mistake: M56-hosts
// hint: not at whom the certificate is for
import "../../../../solutions/14-mongodb-over-tls/server.ts";
