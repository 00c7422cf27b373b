// fails: connects
// mistake: begun-at-once
// hint: between a look and the deed
import "../../../../solutions/15-more-than-one-process/server.ts";
