// fails: death
// mistake: still-counted
// hint: who came and who went
import "../../../../solutions/15-more-than-one-process/server.ts";
