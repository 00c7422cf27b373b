// fails: dm
// mistake: dm-to-a-room
// hint: somebody in the room tea got it
import "../../../../solutions/15-more-than-one-process/server.ts";
