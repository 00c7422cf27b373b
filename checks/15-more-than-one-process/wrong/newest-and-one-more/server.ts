// fails: at-once
// mistake: seq-collided
// hint: what the database said
import "../../../../solutions/15-more-than-one-process/server.ts";
