// fails: connects
// mistake: part-of-the-other
// hint: called in the other process
import "../../../../solutions/15-more-than-one-process/server.ts";
