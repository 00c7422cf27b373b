// fails: connects
// mistake: websocket-only
// hint: as if there were none
import "../../../../solutions/15-more-than-one-process/server.ts";
