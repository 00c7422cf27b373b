// fails: sigterm
// mistake: M31-open
// hint: Who tells them
import "../../../../solutions/15-more-than-one-process/server.ts";
