// fails: signed
// mistake: other-issuer
// hint: does not call itself
import "../../../../solutions/13-your-own-authority/server.ts";
