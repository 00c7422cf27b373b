// fails: counts
// mistake: M67-admin
// hint: An admin wants to know of all
import "../../../../solutions/15-more-than-one-process/server.ts";
