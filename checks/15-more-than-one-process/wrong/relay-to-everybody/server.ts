// fails: room
// mistake: rooms-not-kept
// hint: still for that room only
import "../../../../solutions/15-more-than-one-process/server.ts";
