// fails: signed
// mistake: same-key
// hint: one pair of keys
import "../../../../solutions/13-your-own-authority/server.ts";
