// fails: signed
// mistake: may-not-sign
// hint: something else than signing
import "../../../../solutions/13-your-own-authority/server.ts";
