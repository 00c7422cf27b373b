// fails: at-once
// mistake: M39
// hint: to look first was too early
import "../../../../solutions/15-more-than-one-process/server.ts";
