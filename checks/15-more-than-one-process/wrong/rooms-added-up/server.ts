// fails: counts
// mistake: rooms-added-up
// hint: Numbers that overlap
import "../../../../solutions/15-more-than-one-process/server.ts";
