// fails: connects
// mistake: no-worker
// hint: does not say in which worker
import "../../../../solutions/15-more-than-one-process/server.ts";
