// fails: sigterm
// mistake: M31-no-goodbye
// hint: not in order
import "../../../../solutions/15-more-than-one-process/server.ts";
