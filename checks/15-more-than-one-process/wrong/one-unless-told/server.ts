// fails: connects
// mistake: one-worker
// hint: when WORKERS is not set
import "../../../../solutions/15-more-than-one-process/server.ts";
