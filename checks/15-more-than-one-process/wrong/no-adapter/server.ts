// fails: room
// mistake: M66
// hint: has an io of its own
import "../../../../solutions/15-more-than-one-process/server.ts";
