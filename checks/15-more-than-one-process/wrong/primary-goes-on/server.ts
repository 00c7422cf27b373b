// fails: sigterm
// mistake: primary-waits
// hint: goes on without them
import "../../../../solutions/15-more-than-one-process/server.ts";
