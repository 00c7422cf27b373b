// fails: made
// mistake: nothing-written
// hint: DIR is empty
import "../../../../solutions/13-your-own-authority/server.ts";
