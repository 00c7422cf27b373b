// fails: missed
// mistake: M43
// hint: A client may bring anything
import "../../../../solutions/15-more-than-one-process/server.ts";
