// fails: death
// mistake: all-restarted
// hint: nothing to do with it
import "../../../../solutions/15-more-than-one-process/server.ts";
