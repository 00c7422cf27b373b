// fails: counts
// mistake: M67-members
// hint: members counts those of one worker
import "../../../../solutions/15-more-than-one-process/server.ts";
