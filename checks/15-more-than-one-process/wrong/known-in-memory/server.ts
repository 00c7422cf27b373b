// fails: at-once
// mistake: M39
// hint: Who is asked by all of them
import "../../../../solutions/15-more-than-one-process/server.ts";
