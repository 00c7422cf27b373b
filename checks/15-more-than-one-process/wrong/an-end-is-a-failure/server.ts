// fails: sigterm
// mistake: exit-code
// hint: for an accident
import "../../../../solutions/15-more-than-one-process/server.ts";
