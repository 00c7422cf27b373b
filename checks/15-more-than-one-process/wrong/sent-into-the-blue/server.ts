// fails: dm
// mistake: dm-blind
// hint: To send into a room never fails
import "../../../../solutions/15-more-than-one-process/server.ts";
