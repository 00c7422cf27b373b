// fails: made
// mistake: public-key-written
// hint: the public half
import "../../../../solutions/13-your-own-authority/server.ts";
