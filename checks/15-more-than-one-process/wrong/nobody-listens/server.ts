// fails: connects
// mistake: no-primary
// hint: does it listen
import "../../../../solutions/15-more-than-one-process/server.ts";
