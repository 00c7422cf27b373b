// fails: made
// mistake: M61
// hint: the key of the authority
import "../../../../solutions/13-your-own-authority/server.ts";
