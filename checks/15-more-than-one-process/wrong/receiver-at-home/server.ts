// fails: dm
// mistake: dm-local
// hint: Whose sockets does your server look through
import "../../../../solutions/15-more-than-one-process/server.ts";
