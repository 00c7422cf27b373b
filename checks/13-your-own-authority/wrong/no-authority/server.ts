// fails: signed
// mistake: no-authority
// hint: may sign others
import "../../../../solutions/13-your-own-authority/server.ts";
