// fails: dm
// mistake: worker-crashed
// hint: ended by an error
import "../../../../solutions/15-more-than-one-process/server.ts";
