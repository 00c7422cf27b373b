// fails: death
// mistake: M50
// hint: cannot bring it
import "../../../../solutions/15-more-than-one-process/server.ts";
