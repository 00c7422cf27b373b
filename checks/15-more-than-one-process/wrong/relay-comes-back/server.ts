// fails: room
// mistake: M68
// hint: come back to them
import "../../../../solutions/15-more-than-one-process/server.ts";
