// fails: missed
// mistake: oldest-left-out
// hint: a hole in the middle
import "../../../../solutions/15-more-than-one-process/server.ts";
