// fails: death
// mistake: primary-gave-up
// hint: the whole server ended with it
import "../../../../solutions/15-more-than-one-process/server.ts";
