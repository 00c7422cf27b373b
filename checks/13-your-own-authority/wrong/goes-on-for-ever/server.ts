// fails: made
// mistake: none
// hint: This lesson begins with make-certs.ts
import "../../../../solutions/13-your-own-authority/server.ts";
