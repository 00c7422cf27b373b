// fails: made
// mistake: M61
// hint: do not belong together
import "../../../../solutions/13-your-own-authority/server.ts";
