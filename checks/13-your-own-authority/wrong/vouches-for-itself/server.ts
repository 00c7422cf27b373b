// fails: signed
// mistake: self-signed-leaf
// hint: vouches for itself
import "../../../../solutions/13-your-own-authority/server.ts";
