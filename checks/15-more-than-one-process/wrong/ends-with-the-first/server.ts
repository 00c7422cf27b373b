// fails: sigterm
// mistake: M31-no-goodbye
// hint: who waits for it
import "../../../../solutions/15-more-than-one-process/server.ts";
